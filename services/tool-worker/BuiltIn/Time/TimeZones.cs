using System.Text.RegularExpressions;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.Time;

/// <summary>Finds the zone that somebody means by an IANA id or a city.</summary>
internal static partial class TimeZones
{
    private const int MaxLength = 64;
    private const int Suggestions = 3;

    // ids and, by their last part, cities: "asia/tokyo" and "tokyo"
    private static readonly Lazy<Dictionary<string, string>> Ids = new(ReadIds);

    /// <param name="name">What was asked for; absent or blank means UTC.</param>
    /// <exception cref="ToolException">There is no such zone; the message suggests some that are near.</exception>
    public static TimeZoneInfo Find(string? name)
    {
        var wanted = name?.Trim() ?? "";
        if (wanted.Length == 0)
        {
            return TimeZoneInfo.Utc;
        }

        if (wanted.Length > MaxLength)
        {
            throw new ToolException($"Parameter 'time_zone' is longer than {MaxLength} characters.");
        }

        var key = Normalize(wanted);
        if (key is "utc" or "gmt" or "z" or "etc/utc")
        {
            return TimeZoneInfo.Utc;
        }

        if ((Cities.ByName.TryGetValue(key, out var id) || Ids.Value.TryGetValue(key, out id)) && TryLoad(id) is { } zone)
        {
            return zone;
        }

        // older ids are in no list, but their files are there
        return TryLoad(wanted) ?? throw new ToolException(Unknown(wanted, key));
    }

    /// <summary>Nothing with a dot or a leading slash goes to the system, which looks for a file of that name.</summary>
    [GeneratedRegex(@"^[A-Za-z]+([/_+-][A-Za-z0-9]+){0,6}\z")]
    private static partial Regex IdPattern();

    private static TimeZoneInfo? TryLoad(string id)
    {
        try
        {
            return IdPattern().IsMatch(id) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;
        }
        catch (Exception e) when (e is InvalidTimeZoneException or IOException or UnauthorizedAccessException)
        {
            return null; // a file that is there but no zone
        }
    }

    private static Dictionary<string, string> ReadIds()
    {
        Dictionary<string, string> ids = new(StringComparer.Ordinal);
        foreach (var id in TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Where(id => id.Contains('/', StringComparison.Ordinal)))
        {
            ids[Normalize(id)] = id;
            ids.TryAdd(Normalize(id[(id.LastIndexOf('/') + 1)..]), id);
        }

        return ids;
    }

    private static string Normalize(string name) => Separators().Replace(name.Trim().ToLowerInvariant(), " ");

    [GeneratedRegex(@"[\s_-]+")]
    private static partial Regex Separators();

    private static string Unknown(string wanted, string key)
    {
        var near = Cities.ByName
            .Concat(Ids.Value)
            .Select(c => (Id: c.Value, Distance: Distance(c.Key, key)))
            .Where(c => c.Distance <= Math.Max(1, key.Length / 3))
            .OrderBy(c => c.Distance)
            .ThenBy(c => c.Id, StringComparer.Ordinal)
            .Select(c => c.Id)
            .Distinct(StringComparer.Ordinal)
            .Take(Suggestions)
            .ToList();
        var advice = near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}?" : "Use an IANA id such as 'Asia/Tokyo'.";
        return $"Unknown time zone '{wanted}'. {advice}";
    }

    /// <summary>How many letters have to be added, left out or changed.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
