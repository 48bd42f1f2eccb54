namespace StreamChat.ToolWorker.BuiltIn.Calculator;

/// <summary>
/// Works out an expression while it reads it, by recursive descent:
/// <code>
/// sum     = product (('+' | '-') product)*
/// product = unary (('*' | '/' | 'of' | 'mod') unary)*
/// unary   = ('+' | '-') unary | power
/// power   = percent ('^' unary)?
/// percent = primary '%'*
/// primary = number | constant | function '(' sum ((',' | ';') sum)* ')' | '(' sum ')'
/// </code>
/// </summary>
internal sealed class Evaluator
{
    /// <summary>The longest expression, in characters.</summary>
    public const int MaxLength = 1000;

    /// <summary>How deep parentheses, functions, signs and powers may nest.</summary>
    public const int MaxNesting = 64;

    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;

    private Evaluator(List<Token> tokens) => _tokens = tokens;

    private Token Current => _tokens[_at];

    /// <exception cref="CalculatorException">The expression is wrong or has no value within bounds.</exception>
    public static Number Evaluate(string expression)
    {
        if (expression.Length > MaxLength)
        {
            throw new CalculatorException($"The expression is longer than {MaxLength} characters.");
        }

        var evaluator = new Evaluator(Lexer.Read(expression));
        if (evaluator.Current.Kind == TokenKind.End)
        {
            throw new CalculatorException("The expression is empty.");
        }

        var value = evaluator.Sum();
        return evaluator.Current.Kind == TokenKind.End ? value : throw evaluator.Unexpected();
    }

    private Number Sum()
    {
        var value = Product();
        while (true)
        {
            var at = Current.Position;
            if (Take("+"))
            {
                value = At(at, value, Product(), (a, b) => a + b);
            }
            else if (Take("-"))
            {
                value = At(at, value, Product(), (a, b) => a - b);
            }
            else
            {
                return value;
            }
        }
    }

    private Number Product()
    {
        var value = Unary();
        while (true)
        {
            var at = Current.Position;
            if (Take("*") || Take("of"))
            {
                value = At(at, value, Unary(), (a, b) => a * b);
            }
            else if (Take("/"))
            {
                value = At(at, value, Unary(), (a, b) => a / b);
            }
            else if (Take("mod"))
            {
                value = At(at, value, Unary(), Functions.Modulo);
            }
            else
            {
                return value;
            }
        }
    }

    private Number Unary() => Nested(() => Take("-") ? -Unary() : Take("+") ? Unary() : Power());

    private Number Power()
    {
        var value = Percent();
        var at = Current.Position;
        return Take("^") ? At(at, value, Unary(), Functions.Power) : value;
    }

    private Number Percent()
    {
        var value = Primary();
        while (Take("%"))
        {
            value /= Number.From(100);
        }

        return value;
    }

    private Number Primary()
    {
        var token = Current;
        if (token.Kind == TokenKind.Number)
        {
            _at++;
            return token.Value;
        }

        if (Take("("))
        {
            var value = Sum();
            Expect(")");
            return value;
        }

        if (token.Kind != TokenKind.Word || token.Text is "of" or "mod")
        {
            throw Unexpected();
        }

        _at++;
        if (Functions.TryGetConstant(token.Text, out var constant))
        {
            return constant;
        }

        return Functions.TryGet(token.Text, out var function)
            ? Call(token, function!)
            : throw new CalculatorException($"Unknown name '{token.Text}'. Known are pi, e, {Functions.Names}.", token.Position);
    }

    private Number Call(Token name, Functions.Function function)
    {
        Expect("(");
        var first = _at;
        List<Number> arguments = [Sum()];
        var commas = false;
        while (Current.Is(",") || Current.Is(";"))
        {
            commas |= Current.Is(",");
            _at++;
            arguments.Add(Sum());
        }

        Expect(")");

        // "max(100,200)": a number or two? better no answer than a wrong one
        if (function.MaxArguments > 1 && (commas || arguments.Count == 1) && _tokens[first.._at].Find(t => t.Grouped) is { } number)
        {
            throw new CalculatorException(
                $"'{number.Text}' is ambiguous inside {name.Text}: write numbers without thousands separators there, or put ';' between arguments.",
                number.Position);
        }

        if (arguments.Count < function.MinArguments || arguments.Count > function.MaxArguments)
        {
            throw new CalculatorException($"Wrong number of arguments for {name.Text}: {arguments.Count}.", name.Position);
        }

        return At(name.Position, () => function.Apply(arguments));
    }

    // says where it went wrong
    private static Number At(int position, Number a, Number b, Func<Number, Number, Number> apply) => At(position, () => apply(a, b));

    private static Number At(int position, Func<Number> apply)
    {
        try
        {
            return apply();
        }
        catch (CalculatorException e)
        {
            throw new CalculatorException(e.Message, position);
        }
    }

    private Number Nested(Func<Number> parse)
    {
        if (++_depth > MaxNesting)
        {
            throw new CalculatorException($"The expression is nested deeper than {MaxNesting} levels.", Current.Position);
        }

        var value = parse();
        _depth--;
        return value;
    }

    private bool Take(string text)
    {
        if (!Current.Is(text))
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(string text)
    {
        if (!Take(text))
        {
            throw Current.Kind == TokenKind.End ? new CalculatorException($"'{text}' is missing.", Current.Position) : Unexpected();
        }
    }

    private CalculatorException Unexpected()
    {
        if (Current.Kind == TokenKind.End)
        {
            return new CalculatorException("The expression ends too early.", Current.Position);
        }

        var hint = _at > 0 && _tokens[_at - 1].Is("%") ? " '%' means percent; for the remainder write 'a mod b'." : "";
        return new CalculatorException($"Unexpected '{Current.Text}'.{hint}", Current.Position);
    }
}
