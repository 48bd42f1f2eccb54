using System.Text.RegularExpressions;
using StreamChat.TestSupport.Processes;

namespace StreamChat.UnitTests.Hosting;

/// <summary>The tables of docs/protocols/README.md: every feature has its verdict, its tests exist, and what is not there has a reason.</summary>
public sealed partial class FeatureTableTests
{
    private static readonly string Tests = Path.Combine(RepositoryLayout.Root, "tests");

    private static readonly Lazy<Dictionary<string, string>> Classes = new(() => Directory
        .EnumerateFiles(Tests, "*Tests.cs", SearchOption.AllDirectories)
        .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .GroupBy(f => Path.GetFileNameWithoutExtension(f))
        .ToDictionary(g => g.Key, g => string.Concat(g.Select(File.ReadAllText))));

    [Fact]
    public void Every_row_has_a_verdict_and_what_it_needs()
    {
        var rows = File.ReadLines(Path.Combine(RepositoryLayout.Root, "docs", "protocols", "README.md"))
            .SkipWhile(l => l != "## What the five documents name")
            .Where(l => l.StartsWith("| ", StringComparison.Ordinal) && !l.StartsWith("| feature |", StringComparison.Ordinal))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
            .ToList();
        Assert.True(rows.Count > 50);
        Assert.Empty(rows.Select(Problem).OfType<string>());
    }

    private static string? Problem(string[] row)
    {
        var (feature, verdict, shown) = (row[1], row[2], row[3]);
        var tests = TestName().Matches(shown).ToList();
        var words = TestName().Replace(shown, "").Trim();
        return verdict switch
        {
            "yes" when tests.Count == 0 => $"{feature}: no test",
            "partly" when tests.Count == 0 => $"{feature}: no test",
            "partly" or "no" when words.Length < 20 => $"{feature}: no reason",
            "yes" or "partly" or "no" => tests.Select(t => Missing(feature, t)).FirstOrDefault(m => m is not null),
            _ => $"{feature}: '{verdict}' is no verdict",
        };
    }

    private static string? Missing(string feature, Match test)
    {
        var (name, method) = (test.Groups["class"].Value, test.Groups["method"].Value);
        return !Classes.Value.TryGetValue(name, out var text) ? $"{feature}: there is no {name}"
            : method.Length > 0 && !Regex.IsMatch(text, $@"\b{method}\(") ? $"{feature}: {name} has no {method}"
            : null;
    }

    [GeneratedRegex(@"`(?<class>\w+Tests)(\.(?<method>\w+))?`")]
    private static partial Regex TestName();
}
