using System.Numerics;

namespace StreamChat.ToolWorker.BuiltIn.Calculator;

/// <summary>
/// A fraction, and how many of its significant digits are right: all of them unless a step on the way was inexact. Every operation
/// keeps it within bounds, so that an expression costs little whatever it says.
/// </summary>
internal readonly struct Number
{
    /// <summary>Digits before or after the point that a value may reach.</summary>
    public const int MaxDigits = 1000;

    /// <summary>Digits shown of what has no end.</summary>
    public const int LongDigits = 28;

    /// <summary>Digits that are right when the processor's floating point was used.</summary>
    public const int FloatDigits = 15;

    /// <summary>Right digits of an exact value.</summary>
    public const int Exact = int.MaxValue;

    // inexact values are worked on with more digits than are shown, so that roundings on the way do not show
    private const int WorkingDigits = 60;

    private static readonly BigInteger Limit = BigInteger.Pow(10, MaxDigits);

    private Number(BigInteger numerator, BigInteger denominator, int digits)
    {
        Numerator = numerator;
        Denominator = denominator;
        Digits = digits;
    }

    public BigInteger Numerator { get; }

    /// <summary>Always positive.</summary>
    public BigInteger Denominator { get; }

    public int Digits { get; }

    public bool IsInteger => Denominator.IsOne;

    public bool IsZero => Numerator.IsZero;

    public int Sign => Numerator.Sign;

    /// <summary>Reduces, and rounds to working precision what is not exact or takes too many digits to keep exactly.</summary>
    /// <exception cref="CalculatorException">Division by zero, or the value is too large or too small.</exception>
    public static Number Create(BigInteger numerator, BigInteger denominator, int digits = Exact)
    {
        if (denominator.IsZero)
        {
            throw new CalculatorException("Division by zero.");
        }

        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        numerator /= divisor;
        denominator /= divisor;
        var size = BigInteger.Abs(numerator);
        if (size >= Limit * denominator)
        {
            throw new CalculatorException($"The result has more than {MaxDigits} digits.");
        }

        if (size.IsZero)
        {
            return new Number(0, 1, digits);
        }

        if (denominator > size * Limit)
        {
            throw new CalculatorException($"The result is closer to zero than 10^-{MaxDigits}.");
        }

        var exact = digits == Exact && size < Limit && denominator < Limit;
        return exact ? new Number(numerator, denominator, digits) : Round(numerator, denominator, Math.Min(digits, LongDigits));
    }

    public static Number From(BigInteger value) => Create(value, 1);

    /// <exception cref="CalculatorException">It is no finite number.</exception>
    public static Number FromDouble(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new CalculatorException("The result is out of range.");
        }

        if (value == 0)
        {
            return Create(0, 1, FloatDigits);
        }

        // 15 digits are right in any double; the rest is noise
        var text = value.ToString("E14", provider: null);
        var mantissa = BigInteger.Parse(text.AsSpan(0, text.IndexOf('E')).ToString().Replace(".", "", StringComparison.Ordinal), provider: null);
        return Scale(mantissa, int.Parse(text.AsSpan(text.IndexOf('E') + 1), provider: null) - 14, FloatDigits);
    }

    /// <summary><paramref name="mantissa"/> times ten to the <paramref name="exponent"/>.</summary>
    public static Number Scale(BigInteger mantissa, int exponent, int digits = Exact) => exponent >= 0
        ? Create(mantissa * BigInteger.Pow(10, exponent), 1, digits)
        : Create(mantissa, BigInteger.Pow(10, -exponent), digits);

    public static Number operator +(Number a, Number b) =>
        Create((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator, Math.Min(a.Digits, b.Digits));

    public static Number operator -(Number a, Number b) => a + -b;

    public static Number operator -(Number a) => new(-a.Numerator, a.Denominator, a.Digits);

    public static Number operator *(Number a, Number b) =>
        Create(a.Numerator * b.Numerator, a.Denominator * b.Denominator, Math.Min(a.Digits, b.Digits));

    public static Number operator /(Number a, Number b) =>
        Create(a.Numerator * b.Denominator, a.Denominator * b.Numerator, Math.Min(a.Digits, b.Digits));

    /// <summary>The largest integer that is not larger.</summary>
    public Number Floor() => Create(FloorDivide(Numerator, Denominator), 1, Digits);

    public int CompareTo(Number other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    public double ToDouble()
    {
        var (mantissa, exponent) = Significant(Numerator, Denominator, 20);
        return double.Parse($"{mantissa}E{exponent}", provider: null);
    }

    /// <summary>The first digits, rounded half away from zero: a mantissa and the power of ten to multiply it by.</summary>
    public (BigInteger Mantissa, int Exponent) ToSignificant(int digits) => Significant(Numerator, Denominator, digits);

    internal static BigInteger FloorDivide(BigInteger a, BigInteger b)
    {
        var quotient = BigInteger.DivRem(a, b, out var remainder);
        return remainder.Sign * b.Sign < 0 ? quotient - 1 : quotient;
    }

    private static Number Round(BigInteger numerator, BigInteger denominator, int digits)
    {
        var (mantissa, exponent) = Significant(numerator, denominator, WorkingDigits);
        var (n, d) = exponent >= 0
            ? (mantissa * BigInteger.Pow(10, exponent), BigInteger.One)
            : (mantissa, BigInteger.Pow(10, -exponent));
        var divisor = BigInteger.GreatestCommonDivisor(n, d);
        return new Number(n / divisor, d / divisor, digits);
    }

    private static (BigInteger Mantissa, int Exponent) Significant(BigInteger numerator, BigInteger denominator, int digits)
    {
        if (numerator.IsZero)
        {
            return (0, 0);
        }

        // the estimate of the size is off by one at most; one digit too many is cut below
        var size = BigInteger.Abs(numerator);
        var magnitude = (int)Math.Floor(BigInteger.Log10(size) - BigInteger.Log10(denominator));
        var exponent = magnitude - digits;
        var (n, d) = exponent >= 0 ? (size, denominator * BigInteger.Pow(10, exponent)) : (size * BigInteger.Pow(10, -exponent), denominator);
        var bound = BigInteger.Pow(10, digits);
        while (((2 * n) + d) / (2 * d) >= bound)
        {
            d *= 10;
            exponent++;
        }

        return (((2 * n) + d) / (2 * d) * numerator.Sign, exponent);
    }
}
