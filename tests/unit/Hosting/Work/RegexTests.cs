using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text;
using System.Text.RegularExpressions;
using StreamChat.Hosting;
using StreamChat.Hosting.Work;

namespace StreamChat.UnitTests.Hosting.Work;

/// <summary>
/// Every generated regular expression of the product, found by reflection: the match timeout holds for it, and no text that is cut as
/// rules cut it comes near that timeout.
/// </summary>
public sealed partial class RegexTests
{
    private static readonly Assembly[] Products =
    [
        typeof(StreamChat.AgentWorker.AgentWorkerModule).Assembly, typeof(StreamChat.ToolWorker.ToolWorkerModule).Assembly, typeof(StreamChat.Gateway.GatewayModule).Assembly,
        typeof(StreamChat.Edge.EdgeApp).Assembly, typeof(StreamChatHost).Assembly, typeof(StreamChat.Storage.StoreOptions).Assembly, typeof(StreamChat.Contracts.Runs.StartRun).Assembly,
        Assembly.Load("StreamChat.Standalone"),
    ];

    private static readonly Dictionary<string, Regex> All = Products.SelectMany(Find).ToDictionary(r => r.Name, r => r.Regex);

    private static readonly string[] Tokens =
    [
        "a", "Z", "x ", "A ", "Ada, ", "0", "1,", "1.", "1 ", "+", "-", "(", "<", "'", "://", "把", "我", "的", "、", "あ", "한", "й", "é", "\u0301", "😀", " ", "\t", "\n", ",", ", ", ".", "?", "!", "。",
    ];

    public static TheoryData<string> Names => [.. All.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void They_are_found() => Assert.True(All.Count > 100, $"{All.Count}");

    [Theory]
    [MemberData(nameof(Names))]
    public void No_bounded_text_takes_long(string name)
    {
        var regex = All[name];
        if (!regex.Options.HasFlag(RegexOptions.NonBacktracking))
        {
            Assert.Equal(RegexTestTimeout.Value, regex.MatchTimeout);
        }

        foreach (var text in Adversarial(regex.ToString()))
        {
            var seen = BoundedText.Ends(text);
            try
            {
                _ = regex.Count(seen);
            }
            catch (RegexMatchTimeoutException)
            {
                Assert.Fail($"{name} takes too long over '{text[..60]}…{text[^20..]}'.");
            }
        }
    }

    /// <summary>A pattern that nobody should write is found by these texts.</summary>
    [Theory]
    [InlineData("without (?:[a-z]+ ?)+!")]
    [InlineData("(?:把.*)+从.*删")]
    public void The_texts_find_a_pattern_that_takes_long(string pattern)
    {
        Regex regex = new(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
        Assert.Throws<RegexMatchTimeoutException>(() =>
        {
            foreach (var text in Adversarial(pattern))
            {
                _ = regex.IsMatch(BoundedText.Ends(text));
            }
        });
    }

    [Fact]
    public void The_host_sets_the_timeout_that_generated_expressions_read()
    {
        var before = AppContext.GetData(RegexTestTimeout.Name);
        try
        {
            AppContext.SetData(RegexTestTimeout.Name, null);
            _ = StreamChatHost.CreateBuilder([], "test", defaultPort: 0);
            Assert.Equal(RegexTimeout.Default, AppContext.GetData(RegexTestTimeout.Name));

            // a second copy of the assembly reads it again
            var context = new AssemblyLoadContext("again", isCollectible: true);
            var copy = Find(context.LoadFromAssemblyPath(typeof(StreamChat.AgentWorker.AgentWorkerModule).Assembly.Location)).ToList();
            Assert.NotEmpty(copy);
            Assert.All(copy, r => Assert.Equal(RegexTimeout.Default, r.Regex.MatchTimeout));
            context.Unload();
        }
        finally
        {
            AppContext.SetData(RegexTestTimeout.Name, before);
        }
    }

    private static IEnumerable<(string Name, Regex Regex)> Find(Assembly assembly)
    {
        const BindingFlags Declared = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var type in assembly.GetTypes())
        {
            foreach (var method in type.GetMethods(Declared).Where(m => m.GetCustomAttribute<GeneratedRegexAttribute>() is not null))
            {
                yield return ($"{type.Name}.{method.Name}", (Regex)method.Invoke(null, null)!);
            }

            foreach (var property in type.GetProperties(Declared).Where(p => p.GetCustomAttribute<GeneratedRegexAttribute>() is not null))
            {
                yield return ($"{type.Name}.{property.Name}", (Regex)property.GetValue(null)!);
            }
        }
    }

    /// <summary>Texts longer than rules see: the pattern's own words again and again, alone, in pairs, behind each other, and with an end that does not fit.</summary>
    private static IEnumerable<string> Adversarial(string pattern)
    {
        var words = Word.Matches(Escape.Replace(pattern, " ")).Select(m => m.Value.Trim()).Where(w => w.Length > 0).Distinct(StringComparer.Ordinal).ToArray();
        foreach (var token in Tokens)
        {
            yield return Repeat("", token, "\u0001");
        }

        foreach (var word in words)
        {
            yield return Repeat("", word, "");
            yield return Repeat("", $"{word} ", "\u0001");
            yield return Repeat(word, " ", "\u0001");
            yield return Repeat($"{word} ", "x ", "\u0001");
            yield return Repeat(word, "我", "\u0001");
            yield return Repeat("", word.Length > 1 ? word[..^1] : word, "\u0001");
        }

        // the same texts each time
        Random random = new(20_26);
        string[] parts = [.. words, .. words, .. Tokens];
        string Any(string[] from) => from[random.Next(from.Length)] + (random.Next(2) == 0 ? " " : "");
        for (var i = 0; i < 150; i++)
        {
            var prefix = words.Length > 0 && random.Next(3) > 0 ? Any(words) : "";
            var unit = string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any(parts)));
            yield return Repeat(prefix, unit, random.Next(3) switch { 0 => "", 1 => "\u0001", _ => "!" });
        }
    }

    private static string Repeat(string prefix, string unit, string suffix)
    {
        const int Length = 20_000;
        var text = new StringBuilder(prefix, Length + unit.Length);
        while (text.Length < Length)
        {
            text.Append(unit);
        }

        return text.Append(suffix).ToString();
    }

    [GeneratedRegex(@"\\[pPu](?:\{\w+\}|\w{4})|\\.|\(\?<?\w*[>:=!]?|[{]\d*,?\d*[}]")]
    private static partial Regex Escape { get; }

    [GeneratedRegex(@"[\p{L}\d', ]+|[^\w\s|()\[\]?*+^$\\]")]
    private static partial Regex Word { get; }
}

/// <summary>The match timeout of the tests' process: what a pattern that grows with the square of the text exceeds, and a linear one on a busy machine does not.</summary>
internal static class RegexTestTimeout
{
    public const string Name = "REGEX_DEFAULT_MATCH_TIMEOUT";

    public static TimeSpan Value => TimeSpan.FromSeconds(20);

    // before any expression of the product is made; so it is in no class that has static fields with expressions
    [ModuleInitializer]
    internal static void Install() => AppContext.SetData(Name, Value);
}
