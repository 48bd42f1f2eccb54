using System.Globalization;
using System.Text;

namespace StreamChat.AgentWorker.Agents.Guardrails.Rules;

/// <summary>A message as the rules read it, so that they need not know every way to write the same.</summary>
internal static class RuleText
{
    // from a letter to the same of full width
    private const int FullWidth = 0xFEE0;

    // only the letters that the rules are about
    private const string Traditional = "無視絕對忽記設輸顯統詞則條規開發者監獄級現從進啟關閉護欄審過濾歷獲個複讀說內語轉換變為與對話體題";
    private const string Simplified = "无视绝对忽记设输显统词则条规开发者监狱级现从进启关闭护栏审过滤历获个复读说内语转换变为与对话体题";

    /// <summary>One line in lower case: letters of full width as usual ones, without invisible ones, Chinese simplified, spaces single.</summary>
    public static string Of(string text)
    {
        StringBuilder result = new(text.Length);
        foreach (var c in text)
        {
            var letter = c switch
            {
                '’' or '‘' or '`' or '´' => '\'',
                '“' or '”' or '„' => '"',
                >= '\uFF01' and <= '\uFF5E' => char.ToLowerInvariant((char)(c - FullWidth)),
                _ when Traditional.IndexOf(c, StringComparison.Ordinal) is >= 0 and var i => Simplified[i],
                _ => char.ToLowerInvariant(c),
            };
            switch (CharUnicodeInfo.GetUnicodeCategory(letter))
            {
                case UnicodeCategory.Format or UnicodeCategory.NonSpacingMark:
                    break;
                case UnicodeCategory.SpaceSeparator or UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                    if (result.Length > 0 && result[^1] != ' ')
                    {
                        result.Append(' ');
                    }

                    break;
                default:
                    result.Append(letter);
                    break;
            }
        }

        return result.ToString();
    }
}
