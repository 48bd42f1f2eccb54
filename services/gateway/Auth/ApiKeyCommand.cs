namespace StreamChat.Gateway.Auth;

/// <summary>The command <c>hash-key</c>: makes an API key.</summary>
internal static class ApiKeyCommand
{
    public const string Name = "hash-key";

    /// <summary>Prints a new key, to be given away, and its hash, to be configured. The key is kept nowhere.</summary>
    /// <returns>The process's exit code.</returns>
    public static int Run(TextWriter output)
    {
        var (key, hash) = ApiKeys.Make();
        output.WriteLine($"key   {key}");
        output.WriteLine($"hash  {hash}");
        return 0;
    }
}
