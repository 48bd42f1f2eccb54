namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Meets the needs of a question: calls what helps, hands off where another agent helps, and tells the results.</summary>
internal static class NeedAnswer
{
    /// <returns>Null when the question needs nothing that the model cannot say in a general way.</returns>
    public static DemoAnswer? To(DemoConversation conversation)
    {
        var needs = UserQuestion.Complete(NeedFinder.In(conversation), conversation);
        var made = Match(needs, conversation);
        var calls = needs.Where((need, i) => made[i] is null && need.Ask is null && Tool(need, conversation) is not null)
            .Select((need, n) => DemoAnswer.Call(conversation, n, Tool(need, conversation)!, need.Arguments))
            .ToList();
        if (UserQuestion.For([.. needs.Where(need => Tool(need, conversation) is not null)], calls.Count, conversation) is { } question)
        {
            calls.Add(question);
        }

        if (calls.Count > 0)
        {
            return new DemoAnswer("", calls);
        }

        // one at a time: the agent that takes over passes on what it cannot do either
        var handOff = needs.Where((need, i) => made[i] is null && Tool(need, conversation) is null).Select(need => HandOffs.For(need, conversation)).FirstOrDefault(name => name is not null);
        if (handOff is not null)
        {
            return DemoAnswer.HandOn(handOff, conversation);
        }

        var told = needs.Select((need, i) => Tell(need, made[i], conversation)).OfType<string>().ToList();
        return told.Count == 0 ? null : new DemoAnswer(string.Join(conversation.Say(" ", ""), told), []);
    }

    /// <summary>The call made for each need: calls of one tool belong to the needs of its kind, in order.</summary>
    private static MadeCall?[] Match(IReadOnlyList<Need> needs, DemoConversation conversation)
    {
        var left = conversation.Calls.ToList();
        return needs.Select(need =>
        {
            var call = left.Find(c => need.Kind.Tools.Contains(c.Name, StringComparer.OrdinalIgnoreCase));
            if (call is not null)
            {
                left.Remove(call);
            }

            return call;
        }).ToArray();
    }

    private static string? Tool(Need need, DemoConversation conversation) => need.Kind.Tools.FirstOrDefault(conversation.Tools.Contains);

    private static string? Tell(Need need, MadeCall? call, DemoConversation conversation)
    {
        var name = need.Kind.Name(conversation);
        if (call is null)
        {
            return need.Ask is not null && Tool(need, conversation) is not null
                ? need.Ask
                : need.Kind.Answer(need, conversation) is { } answer ? answer
                : name is null ? null : conversation.Say($"I am sorry, {name} is not available right now.", $"抱歉，{name}目前不可用。");
        }

        if (call.Result is null)
        {
            return conversation.Say($"I am sorry, {name} gave no result.", $"抱歉，{name}没有返回结果。");
        }

        var result = ResultText.Json(call.Result);
        return ResultText.Error(result) is { } error
            ? conversation.Say($"I am sorry, {name} could not help this time: {error.TrimEnd('.')}.", $"抱歉，{name}这次没有成功：{error.TrimEnd('.')}。")
            : need.Kind.Tell(need, result, conversation);
    }
}
