using StreamChat.Hosting;

namespace StreamChat.Gateway.Auth;

/// <summary>The command <c>hash-key</c>: makes an API key.</summary>
public static class ApiKeyCommand
{
    /// <summary>For every service that contains a gateway.</summary>
    public static HostCommand Command { get; } = new("hash-key", "print a new API key and its hash for Auth:Keys:n:Hash", Run);

    /// <summary>Prints a new key, to be given away, and its hash, to be configured. The key is kept nowhere.</summary>
    private static int Run(TextWriter output)
    {
        var (key, hash) = ApiKeys.Make();
        output.WriteLine($"key   {key}");
        output.WriteLine($"hash  {hash}");
        return 0;
    }
}
