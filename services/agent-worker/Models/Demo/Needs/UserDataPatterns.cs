using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>How people ask for their notes, to-dos and preferences. What is to be kept is the group <c>text</c>.</summary>
internal static partial class UserDataPatterns
{
    // to the end of what is said, unless something else is asked behind it
    private const string Text = @"(?<text>[^!?。！？；;\n]*?)(?=[!?。！？；;\n]|\.?\s*$|\.\s+(?:What|How|And|Tell|Show|Also|Then|Please)\b)";
    private const string Todo = @"(?:to-?dos?|tasks?)";
    private const string List = @"(?:to-?do|task|shopping)(?: ?list|s)?";
    private const string ChineseTodo = "(?:待办(?:事项)?|任务)";

    [GeneratedRegex(
        @"\b(?:remove|delete|erase) (?:my |the )?notes? ?(?:number |no\. ?|about |on |#)*" + Text +
        @"|删(?:除|掉)?(?:我的)?第?(?<text>\d+)[条个]?(?:笔记|备忘)|删(?:除|掉)(?:我的)?(?:笔记|备忘)第?" + Text + @"|删(?:除|掉)(?:我的)?(?:关于)?(?<text>[^，。？！]{1,100}?)的?(?:笔记|备忘)",
        RegexOptions.IgnoreCase)]
    public static partial Regex RemoveNote();

    [GeneratedRegex(
        $@"\b(?:remove|delete) (?:my |the )?{Todo} ?(?:number |no\. ?|about |#)*{Text}|\b(?:remove|delete) (?<text>[^.!?]{{1,200}}?) from (?:my |the )?{List}\b" +
        $@"|删(?:除|掉)?(?:我的)?第?(?<text>\d+)[条个]?{ChineseTodo}|删(?:除|掉)(?:我的)?{ChineseTodo}第?{Text}|把(?<text>[^，。？！]{{1,100}}?)从(?:我的)?{ChineseTodo}\S{{0,4}}(?:删|去|移)",
        RegexOptions.IgnoreCase)]
    public static partial Regex RemoveTodo();

    [GeneratedRegex(
        $@"\b(?:mark|check|tick) (?:off )?(?:my |the )?(?:{Todo} |number |#)*(?<text>[^.!?]{{1,200}}?) (?:as )?(?:done|completed?|finished|off)\b" +
        $@"|\b(?:complete|finish) (?:my |the )?{Todo} ?(?:number |#)*{Text}|\b{Todo} (?:number |#)?(?<text>[^.!?]{{1,200}}?) is (?:done|finished|completed?)\b" +
        $@"|(?:完成|勾掉|划掉)了?(?:我的)?第?(?<text>\d+)[条个]?{ChineseTodo}|(?:完成|勾掉|划掉)了?{ChineseTodo}第?{Text}" +
        $@"|{ChineseTodo}第?(?<text>[^，。？！有]{{1,100}}?)[条个]?(?:已经?)?(?:完成|做完|办完)了?|把(?<text>[^，。？！]{{1,100}}?)(?:标记?为|设为|标成)(?:已)?完成",
        RegexOptions.IgnoreCase)]
    public static partial Regex CompleteTodo();

    [GeneratedRegex(
        $@"\badd (?!a note)(?<text>[^.!?]{{1,200}}?) to (?:my |the )?{List}\b|\badd (?:a |another |new )*{Todo}\b[:,]? ?(?:to )?{Text}" +
        $@"|\bremind me ?(?:to |about |of |that )?{Text}|\bset (?:me )?a reminder ?(?:to |for |about )?{Text}" +
        $@"|提醒我{Text}|把(?<text>[^，。？！]{{1,100}}?)(?:加入|加到|添加到|加进|放到|放进)(?:我的)?(?:{ChineseTodo}|购物清单)" +
        $@"|(?:添加|新建|新增|加)(?:一)?[个条]?{ChineseTodo}[：:，,\s]*{Text}|{ChineseTodo}[：:]\s*{Text}",
        RegexOptions.IgnoreCase)]
    public static partial Regex AddTodo();

    [GeneratedRegex(
        $@"\b(?:take|make|write|add|save) (?:me )?(?:down )?(?:a |another |this |the )?note\b[:,]? ?(?:that |to |of |saying )?{Text}|\bnote (?:down|that)\b:? ?{Text}|\bwrite down\b:? ?{Text}" +
        $@"|(?:记一下|记下来|记下|记录一下|(?:记|写|做|新建|添加|加)一?[个条]?笔记|新建备忘|加[个条]备忘)[：:，,\s]*{Text}",
        RegexOptions.IgnoreCase)]
    public static partial Regex AddNote();

    [GeneratedRegex(
        $@"\bset my (?<name>[\p{{L}} ]{{2,30}}?) preference to {Text}|\bmy (?<favourite>favou?rite) (?<name>[\p{{L}} ]{{2,30}}?) is (?!what\b){Text}" +
        $@"|我的(?<name>[\u3400-\u9FFF]{{1,10}}?)偏好(?:设为|设置为|改为|改成|是)(?!什么){Text}|我(?<favourite>最喜欢)的(?<name>[\u3400-\u9FFF]{{1,10}}?)是(?!什么|啥){Text}",
        RegexOptions.IgnoreCase)]
    public static partial Regex SetPreference();

    [GeneratedRegex(
        @"\bmy preferences\b|\b(?:what(?:'s| is) my (?<favourite>favou?rite) (?<name>[\p{L} ]{2,30})\b)|我的(?:偏好|喜好)|我(?<favourite>最喜欢)的(?<name>[\u3400-\u9FFF]{1,10}?)是(?:什么|啥)",
        RegexOptions.IgnoreCase)]
    public static partial Regex Preferences();

    [GeneratedRegex($@"\b(?:my {Todo}|(?:to-?do|task|shopping) lists?|what do i have to do)\b|待办|我的任务|任务清单|购物清单", RegexOptions.IgnoreCase)]
    public static partial Regex Todos();

    [GeneratedRegex(@"\bmy notes?\b|\b(?:show|list|read)\b[^.!?]{0,200}\bnotes\b|我的(?:笔记|备忘)|(?:看看|列出|显示|查看|有哪些|有什么)[^，。？！]{0,100}(?:笔记|备忘)|备忘录", RegexOptions.IgnoreCase)]
    public static partial Regex Notes();
}
