using System.Globalization;
using System.Numerics;

namespace StreamChat.ToolWorker.BuiltIn.Calculator;

/// <summary>Writes a number as a JSON number.</summary>
internal static class NumberText
{
    // beyond this a rounded value reads better with an exponent
    private const int MaxZeros = 10;

    /// <summary>All digits where they come to an end, else as many as are right: 28, or 15 after floating point.</summary>
    public static string Write(Number value)
    {
        if (value.Digits == Number.Exact && DecimalPlaces(value.Denominator) is { } places)
        {
            return Plain(value.Numerator * (BigInteger.Pow(10, places) / value.Denominator), -places);
        }

        var digits = Math.Min(value.Digits, Number.LongDigits);
        var (mantissa, exponent) = Trim(value.ToSignificant(digits));
        var length = BigInteger.Abs(mantissa).ToString(CultureInfo.InvariantCulture).Length;
        return length + exponent > Number.LongDigits || length + exponent < -MaxZeros ? Scientific(mantissa, exponent) : Plain(mantissa, exponent);
    }

    /// <summary>How many decimals a fraction takes; null if they have no end or are too many.</summary>
    private static int? DecimalPlaces(BigInteger denominator)
    {
        var twos = Count(ref denominator, 2);
        var fives = Count(ref denominator, 5);
        return denominator.IsOne && Math.Max(twos, fives) <= Number.MaxDigits ? Math.Max(twos, fives) : null;
    }

    private static int Count(ref BigInteger value, int factor)
    {
        var count = 0;
        while ((value % factor).IsZero)
        {
            value /= factor;
            count++;
        }

        return count;
    }

    private static (BigInteger Mantissa, int Exponent) Trim((BigInteger Mantissa, int Exponent) value)
    {
        var (mantissa, exponent) = value;
        while (!mantissa.IsZero && (mantissa % 10).IsZero)
        {
            mantissa /= 10;
            exponent++;
        }

        return (mantissa, exponent);
    }

    private static string Plain(BigInteger mantissa, int exponent)
    {
        if (exponent >= 0)
        {
            return (mantissa * BigInteger.Pow(10, exponent)).ToString(CultureInfo.InvariantCulture);
        }

        var digits = BigInteger.Abs(mantissa).ToString(CultureInfo.InvariantCulture).PadLeft(1 - exponent, '0');
        return $"{(mantissa.Sign < 0 ? "-" : "")}{digits[..^-exponent]}.{digits[^-exponent..]}";
    }

    private static string Scientific(BigInteger mantissa, int exponent)
    {
        var digits = BigInteger.Abs(mantissa).ToString(CultureInfo.InvariantCulture);
        var fraction = digits.Length > 1 ? $".{digits[1..]}" : "";
        return $"{(mantissa.Sign < 0 ? "-" : "")}{digits[0]}{fraction}e{exponent + digits.Length - 1}";
    }
}
