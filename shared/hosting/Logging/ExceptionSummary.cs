using System.Text;

namespace StreamChat.Hosting.Logging;

/// <summary>An exception reduced to one line: the types and messages of itself and of its inner exceptions, without stack traces.</summary>
internal sealed class ExceptionSummary : Exception
{
    private const int MostInner = 5;
    private const int MostCharacters = 1_000;

    public ExceptionSummary(Exception exception)
        : base(Describe(exception))
    {
    }

    /// <inheritdoc/>
    public override string ToString() => Message;

    private static string Describe(Exception exception)
    {
        var text = new StringBuilder();
        Exception? current = exception;
        for (var depth = 0; current is not null && depth < MostInner && text.Length < MostCharacters; depth++, current = current.InnerException)
        {
            text.Append(depth == 0 ? "" : " <- ").Append(current.GetType().Name).Append(": ").Append(current.Message);
        }

        text.Length = Math.Min(text.Length, MostCharacters);
        return text.Replace('\r', ' ').Replace('\n', ' ').ToString();
    }
}
