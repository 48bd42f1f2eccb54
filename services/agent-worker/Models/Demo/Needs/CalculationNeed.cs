using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Arithmetic.</summary>
internal sealed partial class CalculationNeed : INeedKind
{
    public IReadOnlyList<string> Tools { get; } = ["calculator"];

    public IReadOnlyList<string> Topics { get; } = ["calc", "math"];

    public IEnumerable<Mention> FindIn(string question)
    {
        var asked = Cue().IsMatch(question);
        var isWhole = Whole().IsMatch(question);
        foreach (Match match in Expression().Matches(question))
        {
            // a date, a phone number and 24/7 look like arithmetic too
            if (isWhole || (!Date().IsMatch(match.Value) && (asked || Strong().IsMatch(match.Value))))
            {
                yield return new Mention(match.Index, match.Value);
            }
        }
    }

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation)
    {
        var expression = Clean(mention.Text);
        return [new Need { Kind = this, Subject = expression, Arguments = new Dictionary<string, object?> { ["expression"] = expression } }];
    }

    public string Tell(Need need, JsonElement result, DemoConversation conversation) =>
        conversation.Say($"{need.Subject} is {ResultText.Of(result)}.", $"{PercentOf().Replace(need.Subject, "$2的$1")} 等于 {ResultText.Of(result)}。");

    public string Name(DemoConversation conversation) => conversation.Say("the calculator", "计算器");

    private static string Clean(string text)
    {
        var expression = PartOf().Replace(text.Trim(), "$2 of $1");
        expression = Plus().Replace(expression, " + ");
        expression = Minus().Replace(expression, " - ");
        expression = Times().Replace(expression, " * ");
        expression = Over().Replace(expression, " / ");
        expression = Spaces().Replace(expression, " ").Replace('（', '(').Replace('）', ')');
        return Balance(expression).Trim();
    }

    /// <summary>Drops brackets that belong to the sentence around.</summary>
    private static string Balance(string expression)
    {
        while (expression.EndsWith(')') && expression.Count(c => c == ')') > expression.Count(c => c == '('))
        {
            expression = expression[..^1];
        }

        while (expression.StartsWith('(') && expression.Count(c => c == '(') > expression.Count(c => c == ')'))
        {
            expression = expression[1..];
        }

        return expression;
    }

    private const string Number = @"\d+(?:,\d{3})*(?:\.\d+)?\s*%?";
    private const string Operator =
        @"\s*(?:\*\*|[-+*/^×÷−＋]|of\b|plus\b|minus\b|times\b|x\b|multiplied by\b|divided by\b|加上?|减去?|乘以?|除以|的(?=\s*[\d.]+\s*%))\s*";

    [GeneratedRegex($@"(?<![\p{{L}}\d.@/:-])[-(（]{{0,20}}{Number}(?:{Operator}[-(（]{{0,20}}{Number}[)）]{{0,20}})+", RegexOptions.IgnoreCase)]
    private static partial Regex Expression();

    [GeneratedRegex(@"\b(?:what|calculate|compute|how much|evaluate|solve|result|sum)\b|=|多少|计算|等于|算|结果|几", RegexOptions.IgnoreCase)]
    private static partial Regex Cue();

    [GeneratedRegex(@"[*^×÷+＋]|%|\s[-/−]\s|plus|minus|times|multiplied|divided|加|减|乘|除", RegexOptions.IgnoreCase)]
    private static partial Regex Strong();

    [GeneratedRegex(@"^\d{4}[-/]\d{1,2}[-/]\d{1,2}$|^\d{1,2}/\d{1,2}/\d{2,4}$|^\d{3}-\d{3,4}-\d{4}$|^24/7$")]
    private static partial Regex Date();

    [GeneratedRegex(@"^[-\d\s.,+*/^%()]+[=?？]?$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"(\d[\d,.]{0,40})\s*的\s*([\d.]{1,40}\s*%)")]
    private static partial Regex PartOf();

    // what PartOf made of it, to be said in Chinese again
    [GeneratedRegex(@"([\d.]{1,40}\s*%) of (\d[\d,.]{0,40})")]
    private static partial Regex PercentOf();

    [GeneratedRegex(@"\s*(?:plus|加上?|＋)\s*", RegexOptions.IgnoreCase)]
    private static partial Regex Plus();

    [GeneratedRegex(@"\s*(?:minus|减去?|−)\s*", RegexOptions.IgnoreCase)]
    private static partial Regex Minus();

    [GeneratedRegex(@"\s*(?:multiplied by|times|乘以?|×|x)\s*", RegexOptions.IgnoreCase)]
    private static partial Regex Times();

    [GeneratedRegex(@"\s*(?:divided by|除以|÷)\s*", RegexOptions.IgnoreCase)]
    private static partial Regex Over();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
