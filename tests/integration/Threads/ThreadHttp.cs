using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace StreamChat.IntegrationTests.Threads;

/// <summary>A user's threads over HTTP, in mode <c>open</c> unless there is a token.</summary>
internal sealed class ThreadHttp(Uri server, string userId = "ada", string? token = null) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server };

    public static string Path(string threadId, string rest = "") => $"/api/v1/threads/{Uri.EscapeDataString(threadId)}{rest}";

    public async Task<JsonElement> GetAsync(string pathAndQuery)
    {
        using var response = await SendAsync(HttpMethod.Get, pathAndQuery);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode} {body}");
        return JsonElement.Parse(body);
    }

    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string pathAndQuery, string? body = null)
    {
        using var response = await SendAsync(method, pathAndQuery, body);
        return response.StatusCode;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string pathAndQuery, string? body = null)
    {
        var separator = pathAndQuery.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        using var request = new HttpRequestMessage(method, $"{pathAndQuery}{separator}user_id={Uri.EscapeDataString(userId)}");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<IReadOnlyList<JsonElement>> MessagesAsync(string threadId) =>
        [.. (await GetAsync(Path(threadId, "/messages"))).GetProperty("messages").EnumerateArray()];

    public void Dispose() => _http.Dispose();
}
