namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>The languages of the demo model.</summary>
internal static class Language
{
    /// <summary>Whether a text is to be answered in Chinese.</summary>
    public static bool IsChinese(string text) => text.AsSpan().IndexOfAnyInRange('\u3400', '\u9FFF') >= 0;

    public static bool IsChineseLetter(char c) => c is >= '\u3400' and <= '\u9FFF';
}
