namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Finds what a question needs.</summary>
internal static class NeedFinder
{
    // more than anybody asks at once; each of them is compared with the others
    private const int MostMentions = 50;

    private static readonly ContextNeed Context = new();

    private static readonly IReadOnlyList<INeedKind> Kinds =
        [new CalculationNeed(), new TimeNeed(), new WeatherNeed(), new NewsNeed(), new RecipeNeed(), new HealthNeed(), new CalendarNeed()];

    /// <summary>The needs in the order of the question, each once.</summary>
    public static IReadOnlyList<Need> In(DemoConversation conversation)
    {
        var needs = In(conversation.Question, conversation);
        return needs.Count > 0 || conversation.UserTexts.Count < 2 || Replies.Reply.To(conversation) is not null
            ? needs
            : [.. FollowUp.To(In(conversation.UserTexts[^2], conversation), conversation)];
    }

    private static List<Need> In(string question, DemoConversation conversation)
    {
        IEnumerable<INeedKind> kinds = UserDataNeed.In(question) is { } kept ? [.. Kinds, kept, Context] : [.. Kinds, Context];
        var found = kinds.SelectMany(kind => kind.FindIn(question).Take(MostMentions).Select(mention => (kind, mention)))
            .OrderBy(f => f.mention.Index).Take(MostMentions).ToList();
        List<Need> needs = [];
        for (var i = 0; i < found.Count; i++)
        {
            var (kind, mention) = found[i];
            var from = i == 0 ? 0 : Math.Min(found[i - 1].mention.End, mention.Index);
            var to = i == found.Count - 1 ? question.Length : Math.Max(found[i + 1].mention.Index, mention.End);
            needs.AddRange(kind.Read(mention with { Before = question[from..mention.Index], After = question[mention.Index..to] }, conversation)
                .Select(need => need with { Mentioned = mention.Text }));
        }

        // what is kept may be about anything: a note that says "buy a weather station" needs no weather
        if (needs.Find(n => n.Kind is UserDataNeed { TakesText: true }) is { } text)
        {
            needs.RemoveAll(n => n != text && text.Subject.Contains(n.Mentioned, StringComparison.Ordinal));
        }

        // without the tool there is nothing to remember it with
        if (!conversation.Tools.Contains(ContextNeed.Tool))
        {
            needs.RemoveAll(n => n.Kind is ContextNeed);
        }

        // healthy recipes and health news are recipes and news
        if (needs.Exists(n => n.Kind is RecipeNeed or NewsNeed))
        {
            needs.RemoveAll(n => n.Kind is HealthNeed);
        }

        // "what time is it, the local time in Tokyo" is one need, said twice
        return needs
            .Where(n => n.Subject.Length > 0 || !needs.Any(o => o.Kind == n.Kind && o.Subject.Length > 0))
            .DistinctBy(n => (n.Kind, n.Subject))
            .ToList();
    }
}
