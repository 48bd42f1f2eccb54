using System.ComponentModel;
using System.Text.Json;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.Calculator;

/// <summary>Arithmetic for models, which are bad at it.</summary>
internal static class CalculatorTool
{
    public const string Name = "calculator";

    private const string Description =
        "Evaluates an arithmetic expression and returns a number, exactly where possible, else to 28 significant digits "
        + "(15 for ln, log, exp, sin, cos, tan and fractional powers).";

    private const string ExpressionDescription =
        "For example '12.5% of 1,847' or '(2 + 3)^2 / 7'. Operators: + - * / ^ mod (remainder, with the sign of the divisor), 'of' (times), "
        + "% (percent, divides by 100: '200 + 10%' is 200.1; for ten percent more write '200 * (1 + 10%)'). "
        + "Functions: sqrt, abs, round(x; places), floor, ceil, min, max, ln, log(x; base, 10 if absent), exp, sin, cos, tan (radians). "
        + "Constants: pi, e. A comma before three digits is a thousands separator; put ';' or ', ' between arguments. "
        + "At most 1000 characters; results up to 1000 digits.";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static Tool Create() => Tool.OfJson(Calculate, Name, Description, Timeout);

    private static JsonElement Calculate([Description(ExpressionDescription)] string expression)
    {
        try
        {
            return JsonElement.Parse(NumberText.Write(Evaluator.Evaluate(expression)));
        }
        catch (CalculatorException e)
        {
            throw new ToolException(e.Message);
        }
    }
}
