using System.Globalization;
using System.Numerics;

namespace StreamChat.ToolWorker.BuiltIn.Calculator;

/// <summary>Cuts an expression into tokens. Full-width characters and typographic operators count as their ASCII ones.</summary>
internal sealed class Lexer
{
    private const string Symbols = "+-*/^%(),;";
    private const int GroupLength = 3;

    private readonly string _text;
    private int _at;

    private Lexer(string text) => _text = text;

    /// <exception cref="CalculatorException">There is a character or number that cannot be.</exception>
    public static List<Token> Read(string expression)
    {
        // one character for one, so that positions stay those of what was written
        var lexer = new Lexer(string.Create(expression.Length, expression, (span, text) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                span[i] = ToAscii(text[i]);
            }
        }));
        return [.. lexer.Tokens()];
    }

    private static char ToAscii(char c) => c switch
    {
        '×' or '·' or '∙' or '⋅' => '*',
        '÷' or '∕' => '/',
        '−' or '–' => '-',
        '、' => ';',
        '\u3000' => ' ',
        >= '\uFF01' and <= '\uFF5E' => char.ToLowerInvariant((char)(c - 0xFEE0)),
        _ => char.ToLowerInvariant(c),
    };

    private IEnumerable<Token> Tokens()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (char.IsWhiteSpace(c))
            {
                _at++;
            }
            else if (char.IsAsciiDigit(c) || (c == '.' && DigitAt(_at + 1)))
            {
                yield return ReadNumber();
            }
            else if (char.IsAsciiLetter(c) || c == 'π')
            {
                yield return ReadWord();
            }
            else if (c == '*' && _at + 1 < _text.Length && _text[_at + 1] == '*')
            {
                yield return new Token(TokenKind.Symbol, "^", _at);
                _at += 2;
            }
            else if (Symbols.Contains(c, StringComparison.Ordinal))
            {
                yield return new Token(TokenKind.Symbol, c.ToString(), _at++);
            }
            else if (c == '=' && string.IsNullOrWhiteSpace(_text[(_at + 1)..].TrimEnd('?')))
            {
                break; // "1 + 1 = ?" asks the same as "1 + 1"
            }
            else
            {
                throw new CalculatorException($"Unexpected character '{c}'.", _at);
            }
        }

        yield return new Token(TokenKind.End, "", _text.Length);
    }

    private bool DigitAt(int index) => index < _text.Length && char.IsAsciiDigit(_text[index]);

    private Token ReadWord()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetter(_text[_at]) || _text[_at] == 'π'))
        {
            _at++;
        }

        var word = _text[start.._at];
        return new Token(TokenKind.Word, word == "π" ? "pi" : word, start);
    }

    private Token ReadNumber()
    {
        var start = _at;
        var digits = ReadDigits();
        var grouped = false;
        while (digits.Length > 0 && (grouped || digits.Length <= GroupLength) && GroupFollows())
        {
            _at++;
            digits += ReadDigits();
            grouped = true;
        }

        var exponent = 0;
        if (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            var fraction = ReadDigits();
            digits += fraction;
            exponent = -fraction.Length;
        }

        exponent += ReadExponent(start);
        if (_at < _text.Length && (_text[_at] == '.' || char.IsAsciiLetter(_text[_at])))
        {
            throw new CalculatorException($"Unexpected character '{_text[_at]}' in a number.", _at);
        }

        var value = Number.Scale(BigInteger.Parse(digits, CultureInfo.InvariantCulture), exponent);
        return new Token(TokenKind.Number, _text[start.._at], start, value, grouped);
    }

    private string ReadDigits()
    {
        var start = _at;
        while (DigitAt(_at))
        {
            _at++;
        }

        return _text[start.._at];
    }

    // a comma and exactly three digits
    private bool GroupFollows() =>
        _at < _text.Length && _text[_at] == ',' && Enumerable.Range(1, GroupLength).All(i => DigitAt(_at + i)) && !DigitAt(_at + GroupLength + 1);

    private int ReadExponent(int start)
    {
        if (_at >= _text.Length || _text[_at] != 'e')
        {
            return 0;
        }

        var sign = _at + 1 < _text.Length && _text[_at + 1] is '+' or '-' ? 1 : 0;
        if (!DigitAt(_at + 1 + sign))
        {
            return 0;
        }

        var negative = sign == 1 && _text[_at + 1] == '-';
        _at += 1 + sign;
        var digits = ReadDigits();
        if (!int.TryParse(digits, CultureInfo.InvariantCulture, out var exponent) || exponent > Number.MaxDigits)
        {
            throw new CalculatorException($"An exponent is larger than {Number.MaxDigits}.", start);
        }

        return negative ? -exponent : exponent;
    }
}
