using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Auth;

/// <summary>
/// The keys that protect access tokens: ASP.NET Core's data protection, which makes, rolls and finds them. In the folder
/// <c>Auth:KeysPath</c> for all gateways, or in memory for this one.
/// </summary>
internal sealed class KeyRing(IOptions<AuthOptions> options, TimeProvider time)
{
    // part of every protected text: gateways of one folder must have the same
    private const string ApplicationName = "StreamChat";
    private const string LockFile = "start.lock";

    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    private readonly Lazy<IDataProtectionProvider> _provider = new(() => options.Value.KeysPath is { Length: > 0 } path
        ? DataProtectionProvider.Create(new DirectoryInfo(path), setup => setup.SetApplicationName(ApplicationName))
        : new EphemeralDataProtectionProvider());

    /// <summary>Whether other gateways can have the same keys.</summary>
    public bool IsShared => options.Value.KeysPath is { Length: > 0 };

    public IDataProtector For(string purpose) => _provider.Value.CreateProtector(purpose);

    /// <summary>
    /// Makes sure that there is a key. One gateway at a time: of two that find an empty folder each would make its own, and learn of
    /// the other's only much later.
    /// </summary>
    /// <exception cref="OptionsValidationException">The folder cannot be used.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (!IsShared)
        {
            return;
        }

        var path = options.Value.KeysPath!;
        try
        {
            MakeFolder(path);
            await using var alone = await LockAsync(Path.Combine(path, LockFile), cancellationToken);
            For("start").Protect([]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OptionsValidationException(
                AuthOptions.Section, typeof(AuthOptions), [$"{AuthOptions.Section}:{nameof(AuthOptions.KeysPath)}: cannot be used: {e.Message}"]);
        }
    }

    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task<FileStream> LockAsync(string file, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(started) < LockTimeout && Directory.Exists(Path.GetDirectoryName(file)))
            {
                await Task.Delay(LockRetry, time, cancellationToken);
            }
        }
    }
}
