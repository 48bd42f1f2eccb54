using System.Net;
using System.Text.RegularExpressions;
using StreamChat.Storage;

namespace StreamChat.ToolWorker.BuiltIn.News;

/// <summary>The text of what may be HTML.</summary>
internal static partial class PlainText
{
    private const string CutOff = "…";

    // what is behind it does not reach the text that is kept
    private const int Considered = 20;

    /// <summary>Without tags, entities resolved, on one line, cut off after so many characters.</summary>
    public static string Of(string html, int maxLength)
    {
        var start = html.Length > maxLength * Considered ? html[..(maxLength * Considered)] : html;
        var text = Spaces().Replace(WebUtility.HtmlDecode(Tags().Replace(Hidden().Replace(start, " "), " ")), " ").Trim();
        if (text.Length > maxLength)
        {
            var end = char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength;
            text = text[..end] + CutOff;
        }

        return StorableText.Clean(text);
    }

    [GeneratedRegex(@"<script\b.*?(?:</script\s*>|$)|<style\b.*?(?:</style\s*>|$)", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Hidden();

    [GeneratedRegex(@"</?[A-Za-z!][^>]*(?:>|$)", RegexOptions.NonBacktracking)]
    private static partial Regex Tags();

    [GeneratedRegex(@"[\s\p{Cc}]+", RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();
}
