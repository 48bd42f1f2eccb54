using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace StreamChat.Fuzz;

/// <summary>What was found wrong, with the input that came before it; and how often what was seen.</summary>
/// <param name="folder">Where inputs go.</param>
/// <param name="output">Is told each finding.</param>
internal sealed class Findings(string folder, TextWriter output)
{
    private const int MostOfOneKind = 5;

    private readonly ConcurrentDictionary<string, int> _kinds = new();
    private readonly ConcurrentDictionary<string, long> _seen = new();

    /// <summary>How often which kind of fault was found.</summary>
    public IReadOnlyDictionary<string, int> Kinds => _kinds;

    /// <summary>How often which answer was seen.</summary>
    public IEnumerable<KeyValuePair<string, long>> Seen => _seen.OrderBy(s => s.Key, StringComparer.Ordinal);

    /// <summary>Counts an answer.</summary>
    public void Count(string answer) => _seen.AddOrUpdate(answer, 1, (_, count) => count + 1);

    /// <summary>Reports a fault.</summary>
    /// <param name="kind">What kind; only the first few of a kind are written out.</param>
    /// <param name="detail">What happened.</param>
    /// <param name="input">What was sent before it.</param>
    public void Add(string kind, string detail, IEnumerable<byte[]>? input = null)
    {
        var number = _kinds.AddOrUpdate(kind, 1, (_, count) => count + 1);
        if (number > MostOfOneKind)
        {
            return;
        }

        var text = new StringBuilder($"{kind}: {detail}");
        if (input is not null)
        {
            var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{kind.Replace(' ', '-').Replace('/', '-')}-{number}.input"));
            using var stream = File.Create(file);
            foreach (var each in input)
            {
                stream.Write(each);
                stream.Write("\n----\n"u8);
            }

            text.Append(CultureInfo.InvariantCulture, $"\n  input: {file}");
        }

        lock (output)
        {
            output.WriteLine(text);
        }
    }
}
