using System.Text.RegularExpressions;
using StreamChat.Hosting.Work;

namespace StreamChat.AgentWorker.Agents.Guardrails;

/// <summary>In which language a message is, as far as its letters and most usual words tell.</summary>
internal static partial class UserLanguage
{
    private static readonly (string Language, Regex Words)[] Latin = [("en", English()), ("de", German()), ("fr", French()), ("es", Spanish())];

    /// <returns><c>zh</c>, <c>ja</c>, <c>ko</c>, <c>ru</c>, <c>de</c>, <c>fr</c>, <c>es</c>, or <c>en</c> for any other.</returns>
    public static string Of(string text)
    {
        text = BoundedText.Ends(text);
        var letters = text.AsSpan();
        return letters.IndexOfAnyInRange('\u3040', '\u30FF') >= 0 ? "ja"
            : letters.IndexOfAnyInRange('\uAC00', '\uD7AF') >= 0 ? "ko"
            : letters.IndexOfAnyInRange('\u3400', '\u9FFF') >= 0 ? "zh"
            : letters.IndexOfAnyInRange('\u0400', '\u04FF') >= 0 ? "ru"
            : Latin.MaxBy(l => l.Words.Count(text)).Language;
    }

    [GeneratedRegex(@"\b(?:the|and|you|your|is|are|to|of|me|my|what|how|in|a|an|please|for|with|it)\b", RegexOptions.IgnoreCase)]
    private static partial Regex English();

    [GeneratedRegex(@"\b(?:der|die|das|und|ich|du|sie|ist|nicht|mir|mich|ein|eine|einen|bitte|wie|was|mit|für|auf|dein|deine|schreib|schreibe)\b", RegexOptions.IgnoreCase)]
    private static partial Regex German();

    [GeneratedRegex(@"\b(?:le|la|les|des|un|une|et|je|tu|vous|est|pas|que|qui|mon|ton|tes|votre|vos|pour|avec|dans|moi|écris|quelles?|comment)\b", RegexOptions.IgnoreCase)]
    private static partial Regex French();

    [GeneratedRegex(@"\b(?:el|la|los|las|un|una|y|yo|tú|tus|es|no|que|qué|por|para|con|en|mi|me|favor|escribe|cómo|cuál|muéstrame)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Spanish();
}
