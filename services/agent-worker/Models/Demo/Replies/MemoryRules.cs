using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Replies;

/// <summary>Asked what the user said of themselves.</summary>
internal sealed partial class RecallRule : IReplyRule
{
    public string? Reply(DemoConversation conversation)
    {
        var all = AskedAll().IsMatch(conversation.Question);
        List<string> said = [];
        if (all || AskedName().IsMatch(conversation.Question))
        {
            said.Add(Memory.Name(conversation) is { } name
                ? conversation.Say($"Your name is {name}.", $"您叫{name}。")
                : conversation.Say("You have not told me your name yet.", "您还没有告诉我您的名字。"));
        }

        if (all || AskedCity().IsMatch(conversation.Question))
        {
            said.Add(Memory.City(conversation) is { } city
                ? conversation.Say($"You live in {city}.", $"您住在{city}。")
                : conversation.Say("You have not told me where you live yet.", "您还没有告诉我您住在哪里。"));
        }

        return said.Count == 0 ? null : string.Join(conversation.Say(" ", ""), said);
    }

    [GeneratedRegex(@"\bwhat(?:'s| is| was) my name\b|\bwho am i\b|\b(?:know|remember|recall|tell me) my name\b|\bremember (?:me|who i am)\b|我(?:叫|的名字(?:是|叫)?)(?:什么|啥)|我是谁|记得我(?!说|住)|(?:知道|记得)我的名字", RegexOptions.IgnoreCase)]
    private static partial Regex AskedName();

    [GeneratedRegex(@"\bwhere (?:do i live|am i from|do i come from)\b|\b(?:what|which) (?:city|town) (?:do i|am i)\b|\bwhat(?:'s| is) my city\b|\bwhere i live\b|我(?:现在)?(?:住(?:在)?|来自)(?:哪|什么)|我是哪里人|我在哪", RegexOptions.IgnoreCase)]
    private static partial Regex AskedCity();

    [GeneratedRegex(@"\bwhat do you (?:know|remember) about me\b|你(?:知道|记得)(?:关于)?我的?(?:什么|哪些)", RegexOptions.IgnoreCase)]
    private static partial Regex AskedAll();
}

/// <summary>Told something that it will remember.</summary>
internal sealed class RememberRule : IReplyRule
{
    public string? Reply(DemoConversation conversation)
    {
        var name = Memory.NameIn(conversation.Question);
        var city = Memory.CityIn(conversation.Question);
        return (name, city) switch
        {
            (not null, not null) => conversation.Say(
                $"Nice to meet you, {name}! I will remember that you live in {city}. How can I help you today?",
                $"很高兴认识您，{name}！我会记住您住在{city}。今天有什么可以帮您的吗？"),
            (not null, null) => conversation.Say(
                $"Nice to meet you, {name}! I will remember your name. How can I help you today?",
                $"很高兴认识您，{name}！我会记住您的名字。今天有什么可以帮您的吗？"),
            (null, not null) => conversation.Say(
                $"Good to know: you live in {city}. I will remember that. What would you like to do next?",
                $"好的，我记住了，您住在{city}。接下来想聊点什么呢？"),
            _ => null,
        };
    }
}
