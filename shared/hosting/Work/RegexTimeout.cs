namespace StreamChat.Hosting.Work;

/// <summary>
/// The longest time that one regular expression may take over one text. A safety net: patterns are written so that none comes near it,
/// and a match that reaches it throws <see cref="System.Text.RegularExpressions.RegexMatchTimeoutException"/>.
/// </summary>
public static class RegexTimeout
{
    /// <summary>Two seconds, more than a thousand times what a match of ours takes.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(2);

    private const string Name = "REGEX_DEFAULT_MATCH_TIMEOUT";

    /// <summary>
    /// Sets it for the whole process, unless it is set already. The runtime wants a <see cref="TimeSpan"/>, which no configuration file can
    /// give, and reads it once, before the first expression: call this first.
    /// </summary>
    public static void Install()
    {
        if (AppContext.GetData(Name) is null)
        {
            AppContext.SetData(Name, Default);
        }
    }
}
