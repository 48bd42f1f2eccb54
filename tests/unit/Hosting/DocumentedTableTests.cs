using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using StreamChat.Gateway;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Dialects.YYChat;
using StreamChat.Gateway.Limits;
using StreamChat.TestSupport.Processes;

namespace StreamChat.UnitTests.Hosting;

/// <summary>The tables of docs/operations.md on who may come in and how much of everything there may be, row by row against the code.</summary>
public sealed partial class DocumentedTableTests
{
    /// <summary>Belongs to processes other than the gateway, or to tests of its own.</summary>
    private static readonly string[] Others = ["Limits:Run:", "Limits:RunLog:", "Limits:Rooms:", "Limits:Stored:", "Limits:Thread:", "Limits:Work:", "Memory:", "Worker:", "Relay:", "ToolWorker:"];

    private static readonly Dictionary<string, object> Actual = new[]
    {
        Defaults("Limits", new LimitsOptions()), Defaults("Auth", new AuthOptions()), Defaults(YYChatOptions.Section, new YYChatOptions()),
    }.SelectMany(d => d).ToDictionary();

    private static readonly Dictionary<string, string> Documented = Rows();

    public static TheoryData<string> Keys => [.. Documented.Keys];

    [Theory]
    [MemberData(nameof(Keys))]
    public void What_a_row_says_is_the_default(string key)
    {
        Assert.True(Actual.TryGetValue(key, out var actual), $"{key} is no setting");
        Assert.Equal(actual, Parse(Documented[key], actual));
    }

    [Fact]
    public void Every_setting_has_its_row() => Assert.Empty(Actual.Keys.Except(Documented.Keys));

    private static object Parse(string text, object like)
    {
        var match = Value.Match(text);
        Assert.True(match.Success, text);
        var (word, unit) = (match.Groups["value"].Value.Replace(",", "", StringComparison.Ordinal).Trim('`'), match.Groups["unit"].Value);
        return like switch
        {
            string => word is "none" ? "" : word,
            TimeSpan => unit switch
            {
                "s" => TimeSpan.FromSeconds(Number()),
                "min" => TimeSpan.FromMinutes(Number()),
                "h" => TimeSpan.FromHours(Number()),
                _ => throw new FormatException($"'{text}' is no time"),
            },
            _ => word is "none" ? 0.0 : Number() * (unit switch { "KiB" => 1024, "MiB" => 1024 * 1024, _ => 1 }),
        };

        double Number() => double.Parse(word, CultureInfo.InvariantCulture);
    }

    private static Dictionary<string, string> Rows()
    {
        var text = File.ReadAllText(Path.Combine(RepositoryLayout.Root, "docs", "operations.md"));
        var tables = text[text.IndexOf("## Who is it", StringComparison.Ordinal)..text.IndexOf("## Telemetry", StringComparison.Ordinal)];
        return Row.Matches(tables)
            .Select(m => (Key: m.Groups["key"].Value, Default: m.Groups["default"].Value.Trim()))
            .Where(r => !Array.Exists(Others, o => r.Key.StartsWith(o, StringComparison.Ordinal)) && r.Default.Length > 0)
            .ToDictionary(r => r.Key, r => r.Default);
    }

    private static IEnumerable<KeyValuePair<string, object>> Defaults(string path, object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(options);
            var key = $"{path}:{property.Name}";
            if (value is not (null or string or TimeSpan or Enum or IConvertible) && value.GetType().Assembly == typeof(LimitsOptions).Assembly)
            {
                foreach (var inner in Defaults(key, value))
                {
                    yield return inner;
                }
            }
            else if (property.CanWrite && value is not IEnumerable or string)
            {
                yield return new(key, value switch
                {
                    // what holds unless they are set
                    null when property.Name == nameof(LimitsOptions.ConnectionsPerAddress) => (double)AddressLimits.DefaultConnections,
                    null when property.Name == nameof(LimitsOptions.RequestsPerAddress) => (double)AddressLimits.DefaultRequests,
                    null when property.Name == nameof(LimitsOptions.LargeFrameBytesPerSecond) => (double)LimitsOptions.LargeFrameBytesPerProcessor,
                    null => "",
                    TimeSpan time => time,
                    Enum mode => mode.ToString().ToLowerInvariant(),
                    string text => text,
                    _ => Convert.ToDouble(value, CultureInfo.InvariantCulture),
                });
            }
        }
    }

    [GeneratedRegex(@"^\| `(?<key>[A-Za-z:]+)` \| (?<default>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row { get; }

    [GeneratedRegex(@"^(?<value>none|[\d,.]+|`\w+`)( (?<unit>KiB|MiB|s|min|h)\b)?")]
    private static partial Regex Value { get; }
}
