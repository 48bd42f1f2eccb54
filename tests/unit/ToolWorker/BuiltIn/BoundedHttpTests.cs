using System.IO.Compression;
using Microsoft.Extensions.Logging.Abstractions;
using StreamChat.ToolWorker.BuiltIn.Http;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.UnitTests.ToolWorker.BuiltIn;

public sealed class BoundedHttpTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_body_that_cannot_be_unpacked_is_the_services_fault(string encoding)
    {
        var garbage = new MemoryStream([.. Enumerable.Repeat((byte)0xFE, 64)]);
        using Stream body = encoding switch
        {
            "gzip" => new GZipStream(garbage, CompressionMode.Decompress),
            "deflate" => new ZLibStream(garbage, CompressionMode.Decompress),
            _ => new BrotliStream(garbage, CompressionMode.Decompress),
        };
        var http = new BoundedHttp(new Clients(body), TimeProvider.System, NullLogger<BoundedHttp>.Instance);
        var failure = await Assert.ThrowsAsync<ToolException>(() =>
            http.GetAsync("news feed", new Uri("http://feed.example/"), TimeSpan.FromSeconds(30), 1024, TestContext.Current.CancellationToken));
        Assert.StartsWith("The news feed could not be", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Clients that answer with a body.</summary>
    private sealed class Clients(Stream body) : HttpMessageHandler, IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StreamContent(body) });
    }
}
