namespace StreamChat.Hosting.Http;

/// <summary>Content that is read through another stream.</summary>
public static class WrappedContent
{
    /// <summary>Puts a stream between a body and its reader; its headers stay.</summary>
    /// <param name="content">The content.</param>
    /// <param name="wrap">Makes the stream, which owns the one it is given.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The content to read instead.</returns>
    public static async Task<HttpContent> WrapAsync(this HttpContent content, Func<Stream, Stream> wrap, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(wrap);
        var wrapped = new StreamContent(wrap(await content.ReadAsStreamAsync(cancellationToken)));
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            wrapped.Headers.TryAddWithoutValidation(name, values);
        }

        return wrapped;
    }
}
