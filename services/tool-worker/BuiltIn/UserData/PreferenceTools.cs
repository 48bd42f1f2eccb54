using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.UserData;

/// <summary>What the user likes or wants. Reading and changing are tools of their own, since only one of them is safe to repeat.</summary>
internal sealed class PreferenceTools(UserDataStore store, IOptions<UserDataOptions> options)
{
    private const int MaxNameLength = 50;
    private const int MaxValueLength = 200;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public Tool List => Tool.OfJson(ListAsync, "preferences", "Tells the user's preferences by name.", Timeout);

    public Tool Set => Tool.Storing(SetAsync, "set_preference", "Keeps a preference of the user, or forgets one.", Timeout);

    private async Task<JsonElement> ListAsync(
        AIFunctionArguments arguments,
        [Description("Only the preference of this name; all if absent.")] string? name = null,
        CancellationToken cancellationToken = default)
    {
        var all = await store.ReadAsync<Preference>(store.Sql.Preferences, ToolCallContext.Of(arguments).UserId, cancellationToken);
        var wanted = string.IsNullOrWhiteSpace(name) ? null : Name(name);
        var found = all.Where(p => wanted is null || p.Name == wanted).ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        return JsonSerializer.SerializeToElement(new PreferenceList(found), UserDataJson.Plain.PreferenceList);
    }

    private async Task<JsonElement> SetAsync(
        AIFunctionArguments arguments,
        [Description("What it is about, for example 'diet', 'units' or 'favourite dish'.")] string name,
        [Description("What the user wants; absent or empty to forget it.")] string? value = null,
        CancellationToken cancellationToken = default)
    {
        var call = ToolCallContext.Of(arguments);
        var clean = Name(name);
        var all = await store.LockAsync<Preference>(call, store.Sql.Preferences, cancellationToken);
        if (string.IsNullOrWhiteSpace(value))
        {
            await store.ChangeAsync(call, store.Sql.RemovePreference, clean, null, cancellationToken);
            return JsonSerializer.SerializeToElement(new PreferenceSet(clean, null), UserDataJson.Plain.PreferenceSet);
        }

        if (all.Count >= options.Value.Preferences && all.All(p => p.Name != clean))
        {
            throw new ToolException($"There are {options.Value.Preferences} preferences already, and no more can be kept. Forget some first.");
        }

        var wanted = UserText.Checked(value, "value", Math.Min(MaxValueLength, options.Value.TextLength));
        await store.ChangeAsync(call, store.Sql.SetPreference, clean, wanted, cancellationToken);
        return JsonSerializer.SerializeToElement(new PreferenceSet(clean, wanted), UserDataJson.Plain.PreferenceSet);
    }

    private static string Name(string name) => UserText.Checked(name, "name", MaxNameLength).ToLowerInvariant();
}
