namespace Signalbox.Server.Endpoints;

/// <summary>Bodies as the OpenAPI document shows them; a test parses each.</summary>
internal static class Examples
{
    public const string StartRollout = """{"application":"shop","environment":"production","release":"shop-2"}""";

    public const string RolloutCommand = """{"reason":"checked by hand"}""";

    public const string StartRollback = """{"to":"shop-1","reason":"orders fail"}""";

    public const string PromoteRelease = """{"to":"production"}""";

    public const string DrillEnded = """{"kind":"rollback","application":"shop","environment":"production","recovery":"00:00:00.1200000","lostEvents":0,"lostSpan":"00:00:00","requests":400,"failedRequests":0,"releases":2,"passed":true}""";

    public const string RunbookStepEnded = """{"runbook":"roll-back","application":"shop","environment":"production","step":1,"text":"see what serves","outcome":"done","exitCode":0}""";

    public const string CreateToken = """{"principal":"ci:github","scopes":["read","deploy"],"validFor":"30.00:00:00"}""";

    public const string ExchangeToken = """{"token":"eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.e30.c2lnbmF0dXJl"}""";

    public const string WithdrawEvidence = """{"reason":"it is of another build"}""";

    public const string ApprovePolicy = """{"scope":"production","digest":"sha256:9f2c8d1e0b3a4f5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4"}""";

    public const string Approve = """{"release":"shop-2","environment":"production","comment":"looked at the diff"}""";

    public const string ReportDeployment = """
        {
          "id": "run-4711", "source": "https://ci.example.com/shop", "application": "shop", "environment": "production", "release": "1.4.2",
          "startedAt": "2026-01-31T12:00:00Z", "finishedAt": "2026-01-31T12:04:00Z", "outcome": "succeeded", "isRollback": false,
          "changes": [ { "commit": "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567", "committedAt": "2026-01-31T11:30:00Z" } ]
        }
        """;

    public const string CreateRelease = """
        {
          "application": "shop",
          "source": { "commit": "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567", "dirty": false, "subject": "Take cards" },
          "artifacts": { "web": "sha256:9f2c8d1e0b3a4f5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4" },
          "environments": [
            {
              "name": "production",
              "target": "local",
              "strategy": {
                "kind": "Canary",
                "steps": [ { "weight": 1000, "for": "00:00:30" }, { "weight": 5000, "for": "00:01:00" } ],
                "analysis": {
                  "enabled": true, "alpha": 0.001, "toleratedRatio": 1.5, "margin": 2.5, "beta": 0.05, "limit": 0.01,
                  "ageLimit": "00:00:10", "maxStepTime": "00:10:00", "onUndecided": "Hold", "warmUp": "00:00:05", "latency": true
                },
                "bake": "00:05:00", "keepWarm": "00:10:00", "progressDeadline": "00:10:00", "lossOfContact": "00:00:30"
              },
              "services": [
                {
                  "name": "web", "kind": "Web", "artifactPath": "dist", "command": [ "node", "server.js" ], "environment": { "LOG": "info" },
                  "health": {
                    "http": "/healthz", "tcp": false, "interval": "00:00:01", "timeout": "00:00:02",
                    "startWithin": "00:00:30", "unhealthyAfter": 3, "restartAfter": "00:00:30"
                  },
                  "listen": { "address": "127.0.0.1", "port": 8080 }, "instances": 2, "data": "Shared",
                  "objective": { "availability": 0.9995 }, "stopGrace": "00:00:10", "drainTimeout": "00:00:30"
                }
              ]
            }
          ]
        }
        """;
}
