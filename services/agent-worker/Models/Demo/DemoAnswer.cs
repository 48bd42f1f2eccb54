using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Models.Demo.Health;
using StreamChat.AgentWorker.Models.Demo.Needs;
using StreamChat.AgentWorker.Models.Demo.Replies;

namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>What the demo model has to say: tool calls, or a text.</summary>
internal sealed record DemoAnswer(string Text, IReadOnlyList<FunctionCallContent> Calls)
{
    public static DemoAnswer To(DemoConversation conversation)
    {
        if (NeedAnswer.To(conversation) is { } answer)
        {
            return answer;
        }

        if ((Reply.To(conversation) ?? HealthReply.To(conversation)) is { } reply)
        {
            return new DemoAnswer(reply, []);
        }

        return HandOffs.ForGeneral(conversation) is { } handOff ? HandOn(handOff, conversation) : new DemoAnswer(GeneralReply.To(conversation), []);
    }

    public static DemoAnswer HandOn(string tool, DemoConversation conversation) => new("", [Call(conversation, 0, tool, new Dictionary<string, object?>())]);

    public static FunctionCallContent Call(DemoConversation conversation, int n, string tool, IReadOnlyDictionary<string, object?> arguments) =>
        new($"call_{conversation.MessageCount}_{n}", tool, arguments.ToDictionary());

    /// <summary>What is still to be said after <paramref name="prefix"/>.</summary>
    public string TextAfter(string prefix)
    {
        if (Text.StartsWith(prefix, StringComparison.Ordinal))
        {
            return Text[prefix.Length..];
        }

        // not ours, or of a conversation that was changed: say all, apart from what stands there
        return $"\n\n{Text}";
    }
}
