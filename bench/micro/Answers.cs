using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;

namespace StreamChat.Bench;

/// <summary>What is streamed in the benchmarks: many runs at once, each a word at a time, as under load.</summary>
internal static class Answers
{
    /// <summary>How many runs speak at the same time.</summary>
    public const int Runs = 50;

    /// <summary>How many words each of them says; the length of an answer.</summary>
    public const int Words = 200;

    /// <summary>How many tokens that is together.</summary>
    public const int Tokens = Runs * Words;

    private static readonly string[] Vocabulary = ["The", " quick", " brown", " fox", " jumps", " over", " a", " sleeping", " dog,", " 你好"];

    /// <summary>As workers make them; one message a run.</summary>
    public static readonly string[] MessageIds = [.. Enumerable.Range(0, Runs).Select(run => $"{RunId(run):N}-1")];

    public static Guid RunId(int run) => new(run + 1, 0x7b1e, 0x7c3a, 0x9a, 0x55, 1, 2, 3, 4, 5, 6);

    public static string Word(int index) => Vocabulary[index % Vocabulary.Length];

    /// <summary>What a worker has to say when each run has said one more word.</summary>
    public static RunEventBatch Round(int word) => new()
    {
        WorkerId = "a1b2c3d4e5f6",
        Slices = [.. Enumerable.Range(0, Runs).Select(run => new RunEventSlice { RunId = RunId(run), Attempt = 1, Events = [Text(run, word)] })],
    };

    public static TextMessageContent Text(int run, int word) => new() { Seq = word + 1, MessageId = MessageIds[run], Delta = Word(word) };
}
