using Microsoft.Extensions.AI;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Meets the needs of a question: calls what helps, hands off where another agent helps, and tells the results.</summary>
internal static class NeedAnswer
{
    private const string HandOff = "transfer_to_";

    /// <returns>Null when the question needs nothing that the model cannot say in a general way.</returns>
    public static DemoAnswer? To(DemoConversation conversation)
    {
        var needs = NeedFinder.In(conversation);
        var made = Match(needs, conversation);
        var calls = needs.Where((need, i) => made[i] is null && need.Ask is null && Tool(need, conversation) is not null)
            .Select((need, n) => Call(conversation, n, Tool(need, conversation)!, need.Arguments))
            .ToList();
        if (calls.Count > 0)
        {
            return new DemoAnswer("", calls);
        }

        // one at a time: the agent that takes over passes on what it cannot do either
        var handOff = needs.Where((_, i) => made[i] is null).Select(need => HandOffFor(need, conversation)).FirstOrDefault(name => name is not null);
        if (handOff is not null)
        {
            return new DemoAnswer("", [Call(conversation, 0, handOff, new Dictionary<string, string>())]);
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

    private static string? HandOffFor(Need need, DemoConversation conversation) => conversation.Tools
        .Where(name => name.StartsWith(HandOff, StringComparison.OrdinalIgnoreCase))
        .Where(name => need.Kind.Topics.Any(topic => name.Contains(topic, StringComparison.OrdinalIgnoreCase)))
        .Where(name => !conversation.Calls.Any(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        .Order(StringComparer.Ordinal)
        .FirstOrDefault();

    private static FunctionCallContent Call(DemoConversation conversation, int n, string tool, IReadOnlyDictionary<string, string> arguments) =>
        new($"call_{conversation.MessageCount}_{n}", tool, arguments.ToDictionary(a => a.Key, object? (a) => a.Value));

    private static string? Tell(Need need, MadeCall? call, DemoConversation conversation)
    {
        var name = need.Kind.Name(conversation);
        if (call is null)
        {
            return need.Ask is not null && Tool(need, conversation) is not null
                ? need.Ask
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
