namespace StreamChat.ToolWorker.BuiltIn.Calculator;

/// <summary>An expression has no value that we can give; the message says why.</summary>
internal sealed class CalculatorException(string message) : Exception(message)
{
    public CalculatorException(string message, int position)
        : this($"{message} (position {position + 1})")
    {
    }
}
