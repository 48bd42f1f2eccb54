using StreamChat.ToolWorker.BuiltIn.Calculator;

namespace StreamChat.UnitTests.ToolWorker;

public sealed class CalculatorTests
{
    [Theory]
    [InlineData("123 + 456", "579")]
    [InlineData("12.5% of 1,847", "230.875")]
    [InlineData("200 * 15%", "30")]
    [InlineData("200 + 10%", "200.1")]
    [InlineData("0.1 + 0.2", "0.3")]
    [InlineData("1 - 1", "0")]
    [InlineData("2 + 3 * 4", "14")]
    [InlineData("(2 + 3) * 4", "20")]
    [InlineData("10 - 4 - 3", "3")]
    [InlineData("-2^2", "-4")]
    [InlineData("2^3^2", "512")]
    [InlineData("2 ** 10", "1024")]
    [InlineData("2^-2", "0.25")]
    [InlineData("0^0", "1")]
    [InlineData("--3", "3")]
    [InlineData("7 mod 3", "1")]
    [InlineData("-7 mod 3", "2")]
    [InlineData("7.5 mod -2", "-0.5")]
    [InlineData("1,234,567.5 + .5", "1234568")]
    [InlineData("6 × 7 ÷ 2 − 1", "20")]
    [InlineData("（１２＋３）＊２", "30")]
    [InlineData("12 + 3 = ?", "15")]
    [InlineData("1.5e3 + 2E-1", "1500.2")]
    [InlineData("99999999999999999999 * 99999999999999999999", "9999999999999999999800000000000000000001")]
    [InlineData("1/8", "0.125")]
    [InlineData("-1/8", "-0.125")]
    public void Is_exact_where_the_decimals_end(string expression, string expected) => Assert.Equal(expected, Calculate(expression));

    [Theory]
    [InlineData("1/3", "0.3333333333333333333333333333")]
    [InlineData("2/3", "0.6666666666666666666666666667")]
    [InlineData("-20000/3", "-6666.666666666666666666666667")]
    [InlineData("1/3*3", "1")]
    [InlineData("pi", "3.141592653589793238462643383")]
    [InlineData("e", "2.718281828459045235360287471")]
    [InlineData("sqrt(2)", "1.414213562373095048801688724")]
    [InlineData("sqrt(2)^2", "2")]
    [InlineData("2^0.5", "1.414213562373095048801688724")]
    [InlineData("10^40 / 3", "3.333333333333333333333333333e39")]
    [InlineData("1 / (3 * 10^40)", "3.333333333333333333333333333e-41")]
    [InlineData("1.0001^3650", "1.440487720760919451993430859")]
    public void Rounds_what_has_no_end_to_28_digits(string expression, string expected) => Assert.Equal(expected, Calculate(expression));

    [Theory]
    [InlineData("sqrt(1,024)", "32")]
    [InlineData("sqrt(0.25)", "0.5")]
    [InlineData("abs(-3.5)", "3.5")]
    [InlineData("round(2.5)", "3")]
    [InlineData("round(-2.5)", "-3")]
    [InlineData("round(3.14159; 2)", "3.14")]
    [InlineData("round(1847, -2)", "1800")]
    [InlineData("floor(-1.5)", "-2")]
    [InlineData("ceil(-1.5)", "-1")]
    [InlineData("min(3, 1, 2)", "1")]
    [InlineData("max(1,2)", "2")]
    [InlineData("max(1,847; 2,000)", "2000")]
    [InlineData("log(1000)", "3")]
    [InlineData("log(8; 2)", "3")]
    [InlineData("ln(1)", "0")]
    [InlineData("ln(e)", "1")]
    [InlineData("exp(0)", "1")]
    [InlineData("sin(pi)", "0")]
    [InlineData("sin(100 * pi)", "0")]
    [InlineData("cos(pi / 2)", "0")]
    [InlineData("tan(-pi / 4)", "-1")]
    [InlineData("cos(0)", "1")]
    [InlineData("tan(0)", "0")]
    [InlineData("sin(1)", "0.841470984807897")]
    [InlineData("2^0.3", "1.23114441334492")]
    [InlineData("SQRT(16)", "4")]
    [InlineData("log(10^900)", "900")]
    public void Knows_functions(string expression, string expected) => Assert.Equal(expected, Calculate(expression));

    [Theory]
    [InlineData("", "The expression is empty.")]
    [InlineData("1 / 0", "Division by zero. (position 3)")]
    [InlineData("5 mod 0", "Division by zero. (position 3)")]
    [InlineData("0^-1", "Division by zero. (position 2)")]
    [InlineData("1 +", "The expression ends too early. (position 4)")]
    [InlineData("(1 + 2", "')' is missing. (position 7)")]
    [InlineData("1 + 2)", "Unexpected ')'. (position 6)")]
    [InlineData("1 2", "Unexpected '2'. (position 3)")]
    [InlineData("1.2.3", "Unexpected character '.' in a number. (position 4)")]
    [InlineData("1,84", "Unexpected ','. (position 2)")]
    [InlineData("$5", "Unexpected character '$'. (position 1)")]
    [InlineData("10 % 3", "Unexpected '3'. '%' means percent; for the remainder write 'a mod b'. (position 6)")]
    [InlineData("sqrt(-1)", "A negative number has no real square root. (position 1)")]
    [InlineData("ln(0)", "Only a positive number has a logarithm. (position 1)")]
    [InlineData("log(5; 1)", "The base of a logarithm cannot be 1. (position 1)")]
    [InlineData("sin()", "Unexpected ')'. (position 5)")]
    [InlineData("sin(1; 2)", "Wrong number of arguments for sin: 2. (position 1)")]
    [InlineData("10^1000", "The result has more than 1000 digits. (position 3)")]
    [InlineData("2^10^16", "An exponent is larger than 10^15. (position 2)")]
    [InlineData("0.1^2000", "The result is closer to zero than 10^-1000. (position 4)")]
    [InlineData("tan(pi / 2)", "The function has no value there. (position 1)")]
    [InlineData("sin(10^16)", "An angle is larger than 10^15. (position 1)")]
    [InlineData("9^9^9^9", "The result has more than 1000 digits. (position 4)")]
    [InlineData("2pi", "Unexpected character 'p' in a number. (position 2)")]
    [InlineData("1e1001", "An exponent is larger than 1000. (position 1)")]
    [InlineData("exp(1000)", "The result is out of range. (position 1)")]
    [InlineData("(-8)^(1/3)", "A negative number has no real power that is not whole. (position 5)")]
    public void Says_what_is_wrong_and_where(string expression, string expected) =>
        Assert.Equal(expected, Assert.Throws<CalculatorException>(() => Calculate(expression)).Message);

    [Theory]
    [InlineData("system('ls')")]
    [InlineData("x + 1")]
    public void Names_what_it_does_not_know(string expression) =>
        Assert.Throws<CalculatorException>(() => Calculate(expression));

    [Theory]
    [InlineData("max(100,200)")]
    [InlineData("max(100,200, 300)")]
    public void Refuses_a_comma_that_could_be_either(string expression) =>
        Assert.Contains("ambiguous", Assert.Throws<CalculatorException>(() => Calculate(expression)).Message, StringComparison.Ordinal);

    [Fact]
    public void Bounds_length_and_nesting()
    {
        Assert.Equal("1", Calculate(new string(' ', 999) + "1"));
        Assert.Contains("longer than 1000", Fails(new string('1', 1001)), StringComparison.Ordinal);
        Assert.Equal("1", Calculate(new string('(', 63) + "1" + new string(')', 63)));
        Assert.Contains("deeper than 64", Fails(new string('(', 65) + "1" + new string(')', 65)), StringComparison.Ordinal);
        Assert.Contains("deeper than 64", Fails(new string('-', 900) + "1"), StringComparison.Ordinal);
    }

    [Fact]
    public void Gives_a_thousand_digits_exactly()
    {
        Assert.Equal("1" + new string('0', 999), Calculate("10^999"));
        Assert.Equal("0." + new string('0', 998) + "1", Calculate("10^-999"));
    }

    private static string Calculate(string expression) => NumberText.Write(Evaluator.Evaluate(expression));

    private static string Fails(string expression) => Assert.Throws<CalculatorException>(() => Calculate(expression)).Message;
}
