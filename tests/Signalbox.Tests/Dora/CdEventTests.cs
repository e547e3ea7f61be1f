using System.Text;
using CsCheck;
using Signalbox.Delivery;
using Signalbox.Dora;

namespace Signalbox.Tests.Dora;

public sealed class CdEventTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private const string Deployed = """
        {
          "context": { "version": "0.4.0", "id": "a-1", "source": "/ci/shop", "type": "dev.cdevents.service.deployed.0.2.0", "timestamp": "2026-03-01T11:00:00Z" },
          "subject": { "id": "service/My_Shop", "type": "service", "content": { "environment": { "id": "prod" }, "artifactId": "pkg:oci/shop@sha256%3A0b31" } },
          "customData": { "environment": "production", "changes": [ { "commit": "0f1e2d3c4b5a", "committedAt": "2026-03-01T10:00:00Z" } ], "startedAt": "2026-03-01T10:55:00Z" }
        }
        """;

    private static ReportedEvent? Structured(string data, string type = "dev.cdevents.service.deployed.0.2.0", string time = "2026-03-01T11:00:00Z") => Read(Encoding.UTF8.GetBytes(
        $$"""{ "specversion": "1.0", "id": "a-1", "source": "/ci/shop", "type": "{{type}}", "time": "{{time}}", "datacontenttype": "application/cdevents+json", "data": {{data}} }"""));

    private static ReportedEvent? Read(byte[] body) => CdEventReader.Read(CloudEvent.ReadStructured(body), Digest.Of(body), s_now);

    [Fact]
    public void Structured_ServiceDeployed_IsADeployment()
    {
        var reported = Structured(Deployed)!;

        Assert.Equal((ReportedKind.Deployed, "my-shop", "production", "pkg:oci/shop@sha256%3A0b31", false), (reported.Kind, reported.Application, reported.Environment, reported.Release, reported.IsRollback));
        Assert.Equal(s_now.AddMinutes(-65), reported.StartedAt);
        Assert.Equal([new Change("0f1e2d3c4b5a", s_now.AddHours(-2))], reported.Changes);
    }

    [Fact]
    public void Binary_SaysTheSameAsStructured()
    {
        var headers = new Dictionary<string, string>
        {
            ["ce-specversion"] = "1.0",
            ["ce-id"] = "a-1",
            ["ce-source"] = "%2Fci%2Fshop",
            ["ce-type"] = "dev.cdevents.service.deployed.0.2.0",
            ["ce-time"] = "2026-03-01T12:00:00+01:00",
        };
        var body = Encoding.UTF8.GetBytes(Deployed);
        var binary = CdEventReader.Read(CloudEvent.ReadBinary(headers.GetValueOrDefault, body), Digest.Of(body), s_now)!;

        Assert.Equal(Structured(Deployed)! with { Content = binary.Content, Changes = binary.Changes }, binary);
    }

    [Theory]
    [InlineData("dev.cdevents.service.rolledback.0.3.0-draft", ReportedKind.Deployed)]
    [InlineData("dev.cdevents.service.upgraded.0.2.0", ReportedKind.Deployed)]
    [InlineData("dev.cdevents.incident.resolved.0.3.0", ReportedKind.IncidentResolved)]
    [InlineData("dev.cdevents.pipelinerun.queued.0.3.0", ReportedKind.PipelineStarted)]
    [InlineData("dev.cdevents.pipelinerun.finished.0.3.0", ReportedKind.PipelineFinished)]
    [InlineData("dev.cdevents.branch.created.0.3.0", null)]
    public void Type_DecidesWhatItIs(string type, ReportedKind? kind)
    {
        var reported = Structured(Deployed.Replace("dev.cdevents.service.deployed.0.2.0", type, StringComparison.Ordinal), type);

        Assert.Equal(kind, reported?.Kind);
        if (reported is not null) Assert.Equal(type.Contains("rolledback", StringComparison.Ordinal), reported.IsRollback);
    }

    [Theory]
    [InlineData("event-contradicts", "\"id\": \"a-1\"", "\"id\": \"b-1\"")]
    [InlineData("event-without-place", "\"environment\": { \"id\": \"prod\" }, ", "")]
    [InlineData("event-malformed", "0f1e2d3c4b5a", "0f1e")]
    [InlineData("event-malformed", "\"subject\"", "\"object\"")]
    [InlineData("event-malformed", "2026-03-01T10:55:00Z", "2026-03-01T11:55:00Z")]
    [InlineData("event-malformed", "\"id\": \"prod\"", "\"id\": \"prod\", \"id\": \"dev\"")]
    public void Data_ThatIsWrong_IsRefusedByName(string id, string before, string after)
    {
        var data = (id == "event-without-place" ? Deployed.Replace("\"environment\": \"production\", ", "", StringComparison.Ordinal) : Deployed).Replace(before, after, StringComparison.Ordinal);

        Assert.Equal(id, Assert.Throws<EventRefusedException>(() => Structured(data)).Id);
    }

    [Theory]
    [InlineData("event-not-cdevents", "com.example.deployed", "2026-03-01T11:00:00Z")]
    [InlineData("event-in-future", "dev.cdevents.service.deployed.0.2.0", "2026-03-01T12:05:01Z")]
    [InlineData("event-malformed", "dev.cdevents.service.deployed.0.2.0", "soon")]
    public void Envelope_ThatIsWrong_IsRefusedByName(string id, string type, string time) =>
        Assert.Equal(id, Assert.Throws<EventRefusedException>(() => Structured(Deployed, type, time)).Id);

    [Fact]
    public void Event_AboveTheLimit_IsRefused() =>
        Assert.Equal("event-too-large", Assert.Throws<EventRefusedException>(() => Read(new byte[CloudEvent.MostBytes + 1])).Id);

    [Fact]
    public void Event_OfWhateverBytes_IsReadOrRefused()
    {
        var whole = Encoding.UTF8.GetBytes($$"""{ "specversion": "1.0", "id": "a-1", "source": "/ci/shop", "type": "dev.cdevents.service.deployed.0.2.0", "time": "2026-03-01T11:00:00Z", "data": {{Deployed}} }""");
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length]).Sample((at, value, length) =>
        {
            byte[] broken = [.. whole];
            broken[at] = value;
            foreach (var bytes in new[] { broken, broken[..length] })
            {
                try
                {
                    Read(bytes);
                }
                catch (EventRefusedException refused)
                {
                    Assert.NotEmpty(refused.Message);
                }
            }
        });
    }
}
