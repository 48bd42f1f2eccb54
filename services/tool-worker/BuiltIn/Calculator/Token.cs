namespace StreamChat.ToolWorker.BuiltIn.Calculator;

internal enum TokenKind
{
    Number,
    Word,
    Symbol,
    End,
}

/// <summary>One piece of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written, in lower-case ASCII; empty at the end.</param>
/// <param name="Position">Where it begins, from 0.</param>
/// <param name="Value">Of a number.</param>
/// <param name="Grouped">Whether the number was written with thousands separators.</param>
internal sealed record Token(TokenKind Kind, string Text, int Position, Number Value = default, bool Grouped = false)
{
    public bool Is(string text) => Kind is TokenKind.Symbol or TokenKind.Word && Text == text;
}
