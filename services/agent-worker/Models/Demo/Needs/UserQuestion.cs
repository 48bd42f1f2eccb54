using Microsoft.Extensions.AI;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Asks the user in the midst of the answer for what a need lacks, where their client offers a tool for it.</summary>
internal static class UserQuestion
{
    private const string Tool = "ask_user";

    /// <returns>Null when nothing is lacking, nobody can be asked, or the user was asked already.</returns>
    public static FunctionCallContent? For(IReadOnlyList<Need> needs, int n, DemoConversation conversation) =>
        conversation.Tools.Contains(Tool) && Answer(conversation) is null && needs.FirstOrDefault(IsAskable) is { } need
            ? DemoAnswer.Call(conversation, n, Tool, new Dictionary<string, object?> { ["question"] = need.Ask })
            : null;

    /// <summary>The needs with what the user said when asked.</summary>
    public static IReadOnlyList<Need> Complete(IReadOnlyList<Need> needs, DemoConversation conversation)
    {
        if (Answer(conversation)?.Result is not { } result || ResultText.Json(result) is var said && ResultText.Error(said) is not null)
        {
            return needs;
        }

        var subject = ResultText.Of(said).Trim();
        var asked = needs.FirstOrDefault(IsAskable);
        return subject.Length == 0 || asked is null
            ? needs
            : [.. needs.Select(need => need == asked ? Complete(need, subject) : need)];
    }

    private static Need Complete(Need need, string subject) => need with
    {
        Subject = subject,
        Arguments = new Dictionary<string, object?>(need.Arguments) { [need.SubjectArgument!] = subject },
        Ask = null,
    };

    private static bool IsAskable(Need need) => need is { Ask: not null, SubjectArgument: not null };

    private static MadeCall? Answer(DemoConversation conversation) => conversation.Calls.FirstOrDefault(c => c.Name == Tool);
}
