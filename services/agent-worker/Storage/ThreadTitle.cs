using System.Text;

namespace StreamChat.AgentWorker.Storage;

/// <summary>What a thread is called that nobody has named.</summary>
internal static class ThreadTitle
{
    private const int MaxRunes = 60;
    private const char CutOff = '…';

    /// <summary>The beginning of its first message on one line; null when that says nothing.</summary>
    public static string? Of(string? opening)
    {
        var title = new StringBuilder();
        var runes = 0;
        var gap = false;
        foreach (var rune in (opening ?? "").EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                gap = title.Length > 0;
                continue;
            }

            if (runes + (gap ? 1 : 0) >= MaxRunes)
            {
                return title.Append(CutOff).ToString();
            }

            if (gap)
            {
                title.Append(' ');
                runes++;
                gap = false;
            }

            title.Append(rune.ToString());
            runes++;
        }

        return title.Length == 0 ? null : title.ToString();
    }
}
