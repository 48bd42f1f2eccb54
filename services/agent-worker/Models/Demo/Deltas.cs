namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>Cuts a text into what a model would send one by one: words with the space behind them, one or two Chinese characters.</summary>
internal static class Deltas
{
    private const int ChineseAtOnce = 2;

    public static IEnumerable<string> Of(string text)
    {
        var start = 0;
        while (start < text.Length)
        {
            var end = start;
            if (IsChinese(text[start]))
            {
                while (end < text.Length && end - start < ChineseAtOnce && IsChinese(text[end]))
                {
                    end++;
                }
            }
            else
            {
                while (end < text.Length && !char.IsWhiteSpace(text[end]) && !IsChinese(text[end]))
                {
                    end++;
                }
            }

            while (end < text.Length && char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            yield return text[start..end];
            start = end;
        }
    }

    /// <summary>Whether the character belongs to Chinese writing, its punctuation included.</summary>
    private static bool IsChinese(char c) => Language.IsChineseLetter(c) || c is (>= '\u3001' and <= '\u303F') or (>= '\uFF00' and <= '\uFFEF');
}
