using Microsoft.Extensions.AI;
using StreamChat.Hosting.Work;

namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>A tool call made for the last question, and its result when it is there.</summary>
internal sealed record MadeCall(string Name, FunctionResultContent? Result);

/// <summary>What the demo model reads in the messages it is given.</summary>
internal sealed class DemoConversation
{
    public DemoConversation(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var all = messages.ToList();
        if (all.Count > 0 && all[^1].Role == ChatRole.Assistant && !all[^1].Contents.Any(c => c is FunctionCallContent))
        {
            Prefix = all[^1].Text;
            all.RemoveAt(all.Count - 1);
        }

        if (SystemPrompt.TryRead(all.FirstOrDefault(), out var agent, out var context))
        {
            (Agent, Context) = (agent, context);
        }

        MessageCount = all.Count;
        HasPictures = all.FindLast(m => m.Role == ChatRole.User)?.Contents.Any(c => c is DataContent or UriContent) == true;
        InputWords = all.Sum(m => Deltas.Of(m.Text).LongCount());
        var said = all.Where(m => m.Role == ChatRole.User).Select(m => m.Text).ToList();
        Command = said.Count > 0 ? said[^1].Trim() : "";
        UserTexts = [.. said.Select(text => BoundedText.Ends(text).Replace('’', '\'').Trim())];
        LastAnswer = LastAnswerIn(all);
        Question = UserTexts.Count > 0 ? UserTexts[^1] : "";
        InChinese = Language.IsChinese(Question);
        Calls = CallsIn(all.Skip(all.FindLastIndex(m => m.Role == ChatRole.User) + 1).ToList());
        Tools = (options?.Tools ?? []).OfType<AIFunctionDeclaration>().Select(t => t.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Name of the agent that the model is; null when it was not told.</summary>
    public string? Agent { get; }

    /// <summary>What the user's application knows, as JSON; null when it was not told.</summary>
    public string? Context { get; }

    /// <summary>How much of the answer has been said already, when the model is to go on with it.</summary>
    public string Prefix { get; } = "";

    /// <summary>Without the begun answer.</summary>
    public int MessageCount { get; }

    public long InputWords { get; }

    /// <summary>All that the user said, oldest first, each as far as rules look at it: see <see cref="BoundedText"/>.</summary>
    public IReadOnlyList<string> UserTexts { get; }

    /// <summary>The last of them.</summary>
    public string Question { get; }

    /// <summary>The same, whole: for commands, which no rule looks at.</summary>
    public string Command { get; }

    /// <summary>Whether pictures came with it.</summary>
    public bool HasPictures { get; }

    /// <summary>What the model said last before it, or nothing.</summary>
    public string LastAnswer { get; }

    public bool InChinese { get; }

    /// <summary>The calls made since the question, in order.</summary>
    public IReadOnlyList<MadeCall> Calls { get; }

    /// <summary>The names of the tools offered.</summary>
    public IReadOnlySet<string> Tools { get; }

    /// <summary>The text in the user's language.</summary>
    public string Say(string english, string chinese) => InChinese ? chinese : english;

    private static string LastAnswerIn(List<ChatMessage> messages)
    {
        var question = messages.FindLastIndex(m => m.Role == ChatRole.User);
        return messages.Take(Math.Max(0, question)).LastOrDefault(m => m.Role == ChatRole.Assistant && m.Text.Length > 0)?.Text ?? "";
    }

    private static List<MadeCall> CallsIn(List<ChatMessage> messages)
    {
        var contents = messages.SelectMany(m => m.Contents).ToList();
        var results = contents.OfType<FunctionResultContent>().GroupBy(r => r.CallId).ToDictionary(g => g.Key, g => g.Last());
        return contents.OfType<FunctionCallContent>().Select(c => new MadeCall(c.Name, results.GetValueOrDefault(c.CallId))).ToList();
    }
}
