namespace StreamChat.AgentWorker.Models.Demo.Replies;

/// <summary>One thing the model knows to say something about.</summary>
internal interface IReplyRule
{
    /// <returns>Null when the rule has nothing to say to the question.</returns>
    string? Reply(DemoConversation conversation);
}

/// <summary>What the model says without a tool.</summary>
internal static class Reply
{
    // the first that has something to say; what is asked goes before what is told
    private static readonly IReadOnlyList<IReplyRule> Rules =
        [new QuicksortRule(), new RecallRule(), new RememberRule(), new IntroductionRule(), new JokeRule(), new HelpRule(), new ThanksRule(), new GreetingRule()];

    /// <returns>Null when the model knows nothing special to say; see <see cref="GeneralReply"/>.</returns>
    public static string? To(DemoConversation conversation) => Rules.Select(rule => rule.Reply(conversation)).FirstOrDefault(reply => reply is not null);
}
