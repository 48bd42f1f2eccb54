using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Replies;

/// <summary>Asked who it is.</summary>
internal sealed partial class IntroductionRule : IReplyRule
{
    public string? Reply(DemoConversation conversation) => !Asked().IsMatch(conversation.Question) ? null : conversation.Say(
        "Hello! I am the StreamChat assistant, running on its built-in demo model. I can do calculations, tell the time around the world, " +
        "use the tools that are connected to me, and remember what you tell me during our conversation. " +
        "My answers reach you word by word as they are made. What would you like to try first?",
        "您好！我是 StreamChat 的智能助手，目前运行的是内置的演示模型。我可以做计算、查询世界各地的时间、使用已连接的工具，" +
        "还能记住您在对话中告诉我的信息。我的回答会逐字实时地发送给您。您想先试试什么呢？");

    [GeneratedRegex(@"\b(?:who|what) are you\b|\bintroduce yourself\b|\byour name\b|\babout yourself\b|你是谁|您是谁|你是什么|[你您]叫什么|介绍(?:一下)?[你您]?自己|自我介绍", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}

/// <summary>Asked for a joke.</summary>
internal sealed partial class JokeRule : IReplyRule
{
    private static readonly string[] English =
    [
        "Why do programmers prefer dark mode? Because light attracts bugs!",
        "There are only 10 kinds of people in the world: those who understand binary and those who do not.",
        "A message queue walks into a bar. The bartender says: please wait, someone will be with you exactly once. Or twice.",
    ];

    private static readonly string[] Chinese =
    [
        "为什么程序员总是分不清万圣节和圣诞节？因为 Oct 31 等于 Dec 25！",
        "世界上有 10 种人：懂二进制的和不懂二进制的。",
        "程序员去买菜，家人说：“买一斤包子，如果看到西瓜，就买一个。”结果他只买了一个包子回来，因为他看到了西瓜。",
    ];

    public string? Reply(DemoConversation conversation)
    {
        if (!Asked().IsMatch(conversation.Question))
        {
            return null;
        }

        // another one each time, and yet the same for the same conversation
        var jokes = conversation.InChinese ? Chinese : English;
        return jokes[(conversation.UserTexts.Count - 1) % jokes.Length];
    }

    [GeneratedRegex(@"\bjokes?\b|make me laugh|笑话|逗我", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}

/// <summary>Asked what it can do.</summary>
internal sealed partial class HelpRule : IReplyRule
{
    // what only a tool, or an agent to hand on to, can do: parts of their names, and how to ask
    private static readonly (string[] Tools, string English, string Chinese)[] ByTools =
    [
        (["weather"], "the weather, such as “What is the weather in Lisbon?”", "天气，例如“北京今天天气怎么样？”"),
        (["news"], "the news, such as “Any news about space?”", "新闻，例如“有什么关于科技的新闻？”"),
        (["recipe"], "a recipe, such as “How do I cook tomato and eggs?”", "菜谱，例如“番茄炒蛋怎么做？”"),
        (["assistant", "todo"], "to keep notes and to-dos, such as “Remind me to buy milk.”", "记笔记和待办，例如“把买牛奶加入待办”"),
        (["health"], "advice on your health, such as “I have been sleeping badly. What could help?”", "健康建议，例如“我最近睡得不好，有什么办法吗？”"),
    ];

    public string? Reply(DemoConversation conversation)
    {
        if (!Asked().IsMatch(conversation.Question))
        {
            return null;
        }

        var byTools = string.Concat(ByTools
            .Where(can => conversation.Tools.Any(tool => can.Tools.Any(part => tool.Contains(part, StringComparison.OrdinalIgnoreCase))))
            .Select(can => conversation.Say($"- {can.English}\n", $"- {can.Chinese}\n")));
        return conversation.Say(
            "Here is what you can ask me:\n\n- a calculation, such as “What is 12.5% of 1,847?”\n- the time, such as “What time is it in Tokyo?”\n" +
            $"{byTools}- to remember you, such as “My name is Ada and I live in Paris.”\n- a bit of code, such as “Write quicksort in Python.”\n- a joke\n\n" +
            "You may also ask several things at once.",
            "您可以这样问我：\n\n- 计算，例如“1847的12.5%是多少？”\n- 时间，例如“东京现在几点？”\n" +
            $"{byTools}- 让我记住您，例如“我叫小明，我住在上海。”\n- 一小段代码，例如“用Python写一个快速排序”\n- 讲一个笑话\n\n您也可以一次问几个问题。");
    }

    [GeneratedRegex(@"^\W*help(?: me)?\W*$|\bwhat can (?:you|i) (?:do|ask)\b|\bwhat (?:tools|skills) do you have\b|^/help$|[你您](?:能|会|可以)(?:做|干)?(?:什么|些什么|啥)|^帮助|怎么用[你您]", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}

/// <summary>Thanked.</summary>
internal sealed partial class ThanksRule : IReplyRule
{
    public string? Reply(DemoConversation conversation) => !Said().IsMatch(conversation.Question) ? null : conversation.Say(
        $"You are welcome{Greeting.Named(conversation)}! Let me know if there is anything else I can do.",
        $"不客气{Greeting.Named(conversation)}！如果还有其他需要，请随时告诉我。");

    [GeneratedRegex(@"^\W*(?:many thanks|thanks|thank you|thx|cheers)\b|^\W*(?:多谢|谢谢|感谢)", RegexOptions.IgnoreCase)]
    private static partial Regex Said();
}

/// <summary>Greeted, with nothing else asked.</summary>
internal sealed partial class GreetingRule : IReplyRule
{
    public string? Reply(DemoConversation conversation) => !Said().IsMatch(conversation.Question) ? null : conversation.Say(
        $"Hello{Greeting.Named(conversation)}! It is good to hear from you. How can I help you today?",
        $"您好{Greeting.Named(conversation)}！很高兴见到您。今天有什么可以帮您的吗？");

    [GeneratedRegex(
        @"^\W*(?:hello|hi|hey|good (?:morning|afternoon|evening)|greetings)(?: there| again| everyone)?(?:,? how are you(?: doing)?(?: today)?)?\W*$|" +
        @"^\W*how are you\b[\w\s]{0,100}\W*$|^\W*(?:你好|您好|嗨|哈喽|大家好|早上好|下午好|晚上好|你好吗)[呀啊吗]?\W*$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Said();
}

/// <summary>How the user is addressed.</summary>
internal static class Greeting
{
    /// <summary>The user's name behind a comma, or nothing when it is not known.</summary>
    public static string Named(DemoConversation conversation) =>
        Memory.Name(conversation) is { } name ? conversation.Say($", {name}", $"，{name}") : "";
}
