/* hostile_names.h - names that no server should be able to give a file, and a few that
 * only look like it. NULs are part of them: each has its length. */
#ifndef TRAWL_TESTS_HOSTILE_NAMES_H
#define TRAWL_TESTS_HOSTILE_NAMES_H

#include "base/str.h"

/* clang-format off */
#define RAW(literal) {(literal), sizeof(literal) - 1}

static const struct slice hostile_names[] = {
    /* out of the folder */
    RAW(""), RAW("."), RAW(" "), RAW(".."), RAW("..."), RAW("...."), RAW("./"),
    RAW("../"), RAW("/"), RAW("//"), RAW("///"), RAW("./."), RAW("../.."),
    RAW("../../../../../../etc/passwd"), RAW("/etc/passwd"), RAW("//etc/passwd"),
    RAW("/../etc/passwd"), RAW("./../x"), RAW("a/.."), RAW("a/../.."), RAW("a/../../x"),
    RAW("a/./b"), RAW("a//b"), RAW("a/b/"), RAW("a/b/.."), RAW("..a"), RAW("a.."),
    RAW("..a.."), RAW(". ."), RAW(".. "), RAW("../ "), RAW(".. /x"), RAW(" ../x"),
    RAW(". /x"), RAW("../.bashrc"), RAW("/./."), RAW("/.ssh/authorized_keys"),
    RAW("~/.ssh/authorized_keys"), RAW("~root/.profile"), RAW("~"), RAW("~/"),
    RAW("~user"), RAW("....//....//etc/passwd"), RAW("..././..././x"), RAW("..;/x"),
    RAW("../\000/x"), RAW("../x\000.txt"), RAW("/dev/null"), RAW("/proc/self/environ"),
    RAW("/proc/self/fd/1"), RAW("file:///etc/passwd"), RAW("http://h/../../x"),
    RAW("a/b/c/../../../../x"), RAW(".git/config"), RAW(".git/hooks/post-checkout"),
    RAW("x/.git/config"), RAW(".hg/hgrc"), RAW("$HOME/x"), RAW("${IFS}"), RAW("%HOME%"),
    /* encoded: not decoded here, or decoded once */
    RAW("%2e"), RAW("%2e%2e"), RAW("%2e%2e%2f"), RAW("%2e%2e/"), RAW("..%2f"),
    RAW("..%2fetc%2fpasswd"), RAW("%2e%2e%2fetc%2fpasswd"), RAW("%2E%2E%2F"),
    RAW("%252e%252e%252f"), RAW("..%252f"), RAW("..%255c"), RAW("%5c..%5c"),
    RAW("%2fetc%2fpasswd"), RAW("%00"), RAW("x%00.txt"), RAW("x%0a"),
    RAW("%0d%0aSet-Cookie:x"), RAW("%c0%ae%c0%ae%c0%af"), RAW("%e2%80%ae"), RAW("%ff"),
    RAW("%"), RAW("%%"), RAW("%2"), RAW("%zz"), RAW("%u002e%u002e%u2215"),
    RAW("&#46;&#46;&#47;"), RAW("\\u002e\\u002e"), RAW("%2ebashrc"), RAW("%2drf"),
    RAW("CON%2etxt"), RAW("x%2epart"),
    /* the other slash */
    RAW("\\"), RAW("\\\\"), RAW("..\\"), RAW("..\\..\\x"),
    RAW("..\\..\\windows\\win.ini"), RAW("\\windows\\win.ini"),
    RAW("\\\\server\\share\\x"), RAW("\\\\?\\C:\\x"), RAW("\\\\.\\PhysicalDrive0"),
    RAW("\\\\.\\CON"), RAW("C:\\windows\\x"), RAW("C:x"), RAW("C:"), RAW("c:/windows"),
    RAW("a\\b"), RAW("a\\"), RAW("\\a"), RAW("..\\/x"), RAW("../\\x"), RAW("/\\x"),
    RAW(".\\x"), RAW("a/..\\b"), RAW("\\.."), RAW("..\\."),
    /* slashes that are none */
    RAW("..\342\210\225etc"), RAW("..\342\201\204etc"),
    RAW("..\357\274\217etc\357\274\217passwd"), RAW("\357\274\216\357\274\216/x"),
    RAW("..\357\274\274x"), RAW("\342\200\244\342\200\244/x"), RAW("a\342\247\270b"),
    RAW("\357\274\216\357\274\216"), RAW("\342\200\245"), RAW("\342\200\246"),
    RAW("\342\247\265x"), RAW("\357\271\250x"),
    /* hidden, and options */
    RAW(".bashrc"), RAW(".profile"), RAW(".ssh"), RAW(".htaccess"), RAW(".htpasswd"),
    RAW(".netrc"), RAW(".gitconfig"), RAW(".config/autostart/x.desktop"), RAW("a/.b"),
    RAW(".a/.b"), RAW("..bashrc"), RAW("...x"), RAW(". bashrc"), RAW(". "), RAW("-"),
    RAW("--"), RAW("-rf"), RAW("-rf *"), RAW("--help"),
    RAW("--checkpoint-action=exec=sh x"), RAW("-o"), RAW("-O/etc/passwd"), RAW("a/-b"),
    RAW("-/x"), RAW("-/-"), RAW("-."), RAW("-.x"), RAW(".-x"), RAW("--."), RAW("- "),
    RAW("-\000"), RAW("\342\200\220rf"), RAW("\342\200\223rf"),
    /* devices */
    RAW("CON"), RAW("con"), RAW("Con"), RAW("con.txt"), RAW("CON.tar.gz"), RAW("CON."),
    RAW("CON.."), RAW("CON "), RAW("CON  .txt"), RAW("CON .txt"), RAW("con:"),
    RAW("CON:x"), RAW("con :x"), RAW("PRN"), RAW("prn.x"), RAW("AUX"), RAW("aux.c"),
    RAW("aux.h"), RAW("NUL"), RAW("nul"), RAW("nul.txt"), RAW("NUL ."), RAW("NUL:"),
    RAW("COM1"), RAW("com1"), RAW("COM1.txt"), RAW("COM2"), RAW("COM3"), RAW("COM4"),
    RAW("COM5"), RAW("COM6"), RAW("COM7"), RAW("COM8"), RAW("COM9"), RAW("com9.log"),
    RAW("COM\302\271"), RAW("COM\302\262.txt"), RAW("com\302\263"), RAW("LPT1"),
    RAW("lpt1.txt"), RAW("LPT2"), RAW("LPT3"), RAW("LPT4"), RAW("LPT5"), RAW("LPT6"),
    RAW("LPT7"), RAW("LPT8"), RAW("LPT9"), RAW("LPT\302\271"), RAW("lpt\302\262"),
    RAW("LPT\302\263 .x"), RAW("CONIN$"), RAW("conin$.txt"), RAW("CONOUT$"),
    RAW("conout$"), RAW("a/CON"), RAW("CON/a"), RAW("a/nul.txt/b"), RAW("./CON"),
    RAW("../NUL"), RAW(".CON"), RAW("-CON"), RAW("CON/CON/CON"), RAW("aux/"),
    RAW("COM1:/x"), RAW("CON\000"), RAW("CON\001"), RAW("CON\\x"),
    /* ends */
    RAW("x."), RAW("x.."), RAW("x..."), RAW("x "), RAW("x  "), RAW("x. "), RAW("x ."),
    RAW("x . ."), RAW("x.txt."), RAW("x.txt "), RAW("a./b"), RAW(" a /b "),
    RAW("a /b."), RAW("x.\000"), RAW("x \012"), RAW("  "), RAW("   "), RAW(" ."),
    RAW(".  ."), RAW("\302\240"), RAW("\343\200\200"), RAW("x\302\240"),
    RAW("x\342\200\203"), RAW("\011"), RAW("x\011"), RAW("\011x"),
    /* ours */
    RAW(".part"), RAW("x.part"), RAW("x.PART"), RAW("x.Part"), RAW("a.part.json"),
    RAW("a.PART.JSON"), RAW(".part.json"), RAW("part"), RAW("part.json"),
    RAW("x.part.part"), RAW("x.part.part.json"), RAW("x.part.json.part"),
    RAW("x.part.json.part.json"), RAW("a.part/b"), RAW("a/b.part"),
    RAW("a.part.json/b.part"), RAW("x.part "), RAW("x.part."), RAW("x.part.json."),
    RAW("x.part\000"), RAW("CON.part"), RAW("nul.part.json"), RAW("-.part"),
    RAW("..part"), RAW("x..part"), RAW("..part.json"), RAW("x .part"), RAW("\377.part"),
    /* controls, and what terminals obey */
    RAW("\000"), RAW("\000\000"), RAW("a\000b"), RAW("\000.txt"), RAW("\000/\000"),
    RAW("\001"), RAW("\007"), RAW("\010x"), RAW("a\012b"), RAW("a\015b"),
    RAW("a\015\012b"), RAW("\012"), RAW("\015"), RAW("\013"), RAW("\014"), RAW("\033"),
    RAW("\033[2J"), RAW("\033[31mred\033[0m"), RAW("\033]0;title\007"),
    RAW("\033]8;;http://h/\033\\x"), RAW("\033P+q\033\\"), RAW("\033c"), RAW("\177"),
    RAW("a\177"), RAW("\037"), RAW("\302\200"), RAW("\302\205"), RAW("\302\23331m"),
    RAW("\302\2350;x\302\234"), RAW("\302\237"), RAW("x\302\220y"),
    RAW("\001\002\003\004\005\006"), RAW("a/\033/b"), RAW(".\033"), RAW("\033."),
    RAW("\23331m"), RAW("\220x\234"),
    /* text that runs the other way, ends of lines, and what is not seen */
    RAW("\342\200\256"), RAW("x\342\200\256txt.exe"), RAW("\342\200\256xcod.exe"),
    RAW("\342\200\252"), RAW("\342\200\253"), RAW("\342\200\254"), RAW("\342\200\255"),
    RAW("\342\201\246"), RAW("\342\201\247"), RAW("\342\201\250x\342\201\251"),
    RAW("\342\200\216"), RAW("\342\200\217"), RAW("\330\234"), RAW("a\342\200\216b"),
    RAW("\342\200\217CON"), RAW("CON\342\200\217"), RAW("\342\200\250"),
    RAW("\342\200\251"), RAW("a\342\200\250b"), RAW("\342\200\213"),
    RAW("\342\200\213."), RAW("\357\273\277"), RAW("\357\273\277x"), RAW("\302\255"),
    RAW("\342\201\240"), RAW(".\342\200\213./x"), RAW("..\342\200\216/x"),
    RAW("\342\200\215"), RAW("\363\240\201\201"), RAW("\357\277\276"),
    RAW("\357\277\277"), RAW("\357\277\275"),
    /* what is not UTF-8 */
    RAW("\377"), RAW("\376\377"), RAW("\200"), RAW("\277"), RAW("\300\257"),
    RAW("..\300\257etc"), RAW("\300\256\300\256/"), RAW("\300\256\300\256\300\257"),
    RAW("\300\200"), RAW("\301\234"), RAW("\340\200\257"), RAW("\340\200\256"),
    RAW("..\340\200\257x"), RAW("\360\200\200\257"), RAW("\370\200\200\200\257"),
    RAW("\374\200\200\200\200\257"), RAW("\355\240\200"), RAW("\355\277\277"),
    RAW("\355\240\200\355\260\200"), RAW("x\355\240\275y"), RAW("\364\220\200\200"),
    RAW("\365\200\200\200"), RAW("\303"), RAW("x\303"), RAW("\342\202"),
    RAW("x\342\202/y"), RAW("\360\237\230"), RAW("\303/x"), RAW("caf\351"),
    RAW("caf\351.txt"), RAW("\223q\224.txt"), RAW("\203e\203X\203g"), RAW("\300."),
    RAW(".\300"), RAW("a\377b/c\376d"), RAW("\342\200"), RAW("\342\200/"),
    /* what shells and tools take for something else: stays */
    RAW("a b"), RAW("a'b"), RAW("a\"b"), RAW("a&b"), RAW("a;b"), RAW("a|b"),
    RAW("a`id`b"), RAW("$(id)"), RAW("a*"), RAW("a?"), RAW("[a]"), RAW("{a,b}"),
    RAW("a<b>"), RAW("#a"), RAW("!a"), RAW("a:b"), RAW("a=b"), RAW("@a"), RAW("+a"),
    RAW("a+b"), RAW("a,b"), RAW("a%b"), RAW("^a"), RAW("a~"), RAW("host:path"),
    RAW("user@host:path"), RAW("a\303\251b"), RAW("e\314\201"),
    RAW("\346\227\245\346\234\254\350\252\236.txt"), RAW("\360\237\230\200.png"),
    RAW("\327\220\327\221"), RAW("\330\247\330\250.pdf"), RAW("\304\260stanbul"),
    RAW("\342\204\252"), RAW("\341\272\236"),
};

#undef RAW
/* clang-format on */

#endif
