using System.Globalization;
using System.Text;
using StreamChat.Storage;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.UserData;

/// <summary>What users say of what they have kept, or want to be.</summary>
internal static class UserText
{
    // well below what a result may have, whatever is in it
    private const int ListBytes = 32 * 1024;
    private const int MostNamed = 5;
    private const int NamedLength = 60;

    /// <summary>A text to keep.</summary>
    /// <exception cref="ToolException">It is empty or too long.</exception>
    public static string Checked(string text, string parameter, int maxLength)
    {
        // control characters are for no reader, and take six times their room in JSON
        var clean = StorableText.Clean(string.Concat(text.Trim().Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? ' ' : c)));
        return clean.Length == 0 ? throw new ToolException($"Parameter '{parameter}' is empty.")
            : clean.Length > maxLength ? throw new ToolException($"Parameter '{parameter}' is longer than {maxLength} characters.")
            : clean;
    }

    /// <summary>The one that is meant by its number, or by words that only it contains.</summary>
    /// <exception cref="ToolException">None is meant, or several.</exception>
    public static Kept Meant(IReadOnlyList<Kept> all, string said, string kind)
    {
        var wanted = said.Trim().TrimStart('#');
        if (long.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return all.FirstOrDefault(k => k.Number == number) ?? throw new ToolException($"There is no {kind} with the number {number}.");
        }

        var found = wanted.Length == 0 ? [] : all.Where(k => Contains(k.Text, wanted)).ToList();
        var same = found.Where(k => string.Equals(k.Text, wanted, StringComparison.OrdinalIgnoreCase)).ToList();
        return (same.Count == 1 ? same : found) switch
        {
            [var one] => one,
            [] => throw new ToolException($"There is no {kind} that contains '{Short(wanted)}'."),
            var many => throw new ToolException(
                $"Several are meant; name one by its number: {string.Join("; ", many.Take(MostNamed).Select(k => $"{k.Number}: {Short(k.Text)}"))}."),
        };
    }

    /// <summary>Those that fit into a result.</summary>
    public static IReadOnlyList<Kept> Fitting(IEnumerable<Kept> all)
    {
        var left = ListBytes;
        return [.. all.TakeWhile(k => (left -= 100 + Encoding.UTF8.GetByteCount(k.Text)) >= 0)];
    }

    public static bool Contains(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static string Short(string text)
    {
        if (text.Length <= NamedLength)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[NamedLength - 1]) ? NamedLength - 1 : NamedLength;
        return $"{text[..end]}…";
    }
}
