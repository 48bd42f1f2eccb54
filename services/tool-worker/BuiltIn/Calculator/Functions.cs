using System.Numerics;

namespace StreamChat.ToolWorker.BuiltIn.Calculator;

/// <summary>
/// The functions by name, and powers. Exact: abs, floor, ceil, round, min, max, and sqrt and powers where the result is rational.
/// To 28 digits: other square roots. To 15 digits: ln, log, exp, sin, cos, tan, and powers that are neither whole nor halves.
/// </summary>
internal static class Functions
{
    private const int RootDigits = 60;
    private const double FloatNoise = 1e15;

    // with a larger exponent only a base next to 1 has a value within bounds, and not a meaningful one
    private static readonly BigInteger MaxExponent = BigInteger.Pow(10, 15);
    private static readonly BigInteger MaxAngle = BigInteger.Pow(10, 15);

    private static readonly Number Pi = Number.Scale(BigInteger.Parse("3141592653589793238462643383279502884197169399375105820974944", provider: null), -60, Number.LongDigits);
    private static readonly Number E = Number.Scale(BigInteger.Parse("2718281828459045235360287471352662497757247093699959574966968", provider: null), -60, Number.LongDigits);

    private static readonly Dictionary<string, Function> ByName = new(StringComparer.Ordinal)
    {
        ["abs"] = new(1, 1, a => a[0].Sign < 0 ? -a[0] : a[0]),
        ["floor"] = new(1, 1, a => a[0].Floor()),
        ["ceil"] = new(1, 1, a => -(-a[0]).Floor()),
        ["round"] = new(1, 2, a => Round(a[0], a.Count > 1 ? a[1] : Number.From(0))),
        ["min"] = new(2, int.MaxValue, a => a.Aggregate((x, y) => y.CompareTo(x) < 0 ? y : x)),
        ["max"] = new(2, int.MaxValue, a => a.Aggregate((x, y) => y.CompareTo(x) > 0 ? y : x)),
        ["sqrt"] = new(1, 1, a => SquareRoot(a[0])),
        ["ln"] = new(1, 1, a => Logarithm(a[0])),
        ["log"] = new(1, 2, a => Logarithm(a[0], a.Count > 1 ? a[1] : Number.From(10))),
        ["exp"] = new(1, 1, a => Number.FromDouble(Math.Exp(a[0].ToDouble()))),
        ["sin"] = new(1, 1, a => Angle(a[0], Math.Sin)),
        ["cos"] = new(1, 1, a => Angle(a[0], Math.Cos)),
        ["tan"] = new(1, 1, a => Angle(a[0], Math.Tan)),
    };

    public static string Names => string.Join(", ", ByName.Keys);

    public static bool TryGet(string name, out Function? function) => ByName.TryGetValue(name, out function);

    public static bool TryGetConstant(string name, out Number value)
    {
        value = name == "pi" ? Pi : E;
        return name is "pi" or "e";
    }

    /// <summary>The remainder, which has the sign of the divisor.</summary>
    public static Number Modulo(Number a, Number b) => a - (b * (a / b).Floor());

    public static Number Power(Number x, Number y)
    {
        if (y.IsInteger && y.Digits == Number.Exact)
        {
            return WholePower(x, y.Numerator);
        }

        if (x.IsZero)
        {
            return y.Sign > 0 ? x : throw new CalculatorException("Division by zero.");
        }

        if (x.Sign < 0)
        {
            throw new CalculatorException("A negative number has no real power that is not whole.");
        }

        return y.Denominator == 2 ? WholePower(SquareRoot(x), y.Numerator) : Number.FromDouble(Math.Pow(x.ToDouble(), y.ToDouble()));
    }

    private static Number WholePower(Number x, BigInteger exponent)
    {
        if (exponent.Sign < 0)
        {
            return WholePower(Number.From(1) / x, -exponent);
        }

        var simple = x.IsZero || (x.IsInteger && BigInteger.Abs(x.Numerator).IsOne);
        if (exponent > MaxExponent && !simple)
        {
            throw new CalculatorException("An exponent is larger than 10^15.");
        }

        var result = Number.From(1);
        for (var square = x; !exponent.IsZero; exponent >>= 1)
        {
            if (!exponent.IsEven)
            {
                result *= square;
            }

            if (exponent > 1)
            {
                square *= square;
            }
        }

        return result;
    }

    private static Number SquareRoot(Number x)
    {
        if (x.Sign < 0)
        {
            throw new CalculatorException("A negative number has no real square root.");
        }

        if (x.Digits == Number.Exact && Root(x.Numerator) is var n && Root(x.Denominator) is var d
            && n * n == x.Numerator && d * d == x.Denominator)
        {
            return Number.Create(n, d);
        }

        // sqrt(a/b) = sqrt(a*b) / b, with enough digits behind the point for a small value too
        var shift = BigInteger.Pow(10, RootDigits + Math.Max(0, (int)BigInteger.Log10(x.Denominator)));
        return Number.Create(Root(x.Numerator * x.Denominator * shift * shift), x.Denominator * shift, Math.Min(x.Digits, Number.LongDigits));
    }

    private static BigInteger Root(BigInteger value)
    {
        if (value.IsZero)
        {
            return value;
        }

        // Newton's method, from above
        var root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + (value / root)) >> 1;
            if (next >= root)
            {
                return root;
            }

            root = next;
        }
    }

    private static Number Round(Number x, Number places)
    {
        if (!places.IsInteger || BigInteger.Abs(places.Numerator) > Number.MaxDigits)
        {
            throw new CalculatorException($"The places to round to must be whole, from -{Number.MaxDigits} to {Number.MaxDigits}.");
        }

        // halves away from zero, as people round
        var unit = Number.Scale(1, -(int)places.Numerator);
        var scaled = x / unit;
        var half = Number.Create(1, 2);
        return (scaled.Sign < 0 ? -(half - scaled).Floor() : (scaled + half).Floor()) * unit;
    }

    private static Number Logarithm(Number x) => x.Sign > 0
        ? Number.FromDouble(Log(x))
        : throw new CalculatorException("Only a positive number has a logarithm.");

    private static Number Logarithm(Number x, Number b)
    {
        if (x.Sign <= 0 || b.Sign <= 0)
        {
            throw new CalculatorException("Only a positive number has a logarithm.");
        }

        var divisor = Log(b);
        return divisor == 0 ? throw new CalculatorException("The base of a logarithm cannot be 1.") : Number.FromDouble(Log(x) / divisor);
    }

    // a double holds neither 10^1000 nor 10^-1000
    private static double Log(Number x)
    {
        var value = x.ToDouble();
        return double.IsFinite(value) && value != 0 ? Math.Log(value) : BigInteger.Log(x.Numerator) - BigInteger.Log(x.Denominator);
    }

    private static Number Angle(Number x, Func<double, double> function)
    {
        if (Number.From(MaxAngle).CompareTo(x.Sign < 0 ? -x : x) < 0)
        {
            throw new CalculatorException("An angle is larger than 10^15.");
        }

        // whole turns are taken off with many digits, and what is noise at 15 digits is cut: sin(100 * pi) is 0, tan(pi / 2) is nothing
        var value = function(Modulo(x, Pi + Pi).ToDouble());
        return Math.Abs(value) switch
        {
            < 1 / FloatNoise => Number.FromDouble(0),
            > FloatNoise => throw new CalculatorException("The function has no value there."),
            _ => Number.FromDouble(value),
        };
    }

    /// <summary>A function and how many arguments it takes.</summary>
    internal sealed record Function(int MinArguments, int MaxArguments, Func<IReadOnlyList<Number>, Number> Apply);
}
