using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Models.Demo.Needs;
using StreamChat.AgentWorker.Models.Demo.Replies;

namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>What the demo model has to say: tool calls, or a text.</summary>
internal sealed record DemoAnswer(string Text, IReadOnlyList<FunctionCallContent> Calls)
{
    public static DemoAnswer To(DemoConversation conversation) => NeedAnswer.To(conversation) ?? new DemoAnswer(Reply.To(conversation), []);

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
