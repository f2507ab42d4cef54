"""The microservice chassis that every service is bolted to. It knows no drivers, licences, tracks or versions.

settings        the environment, read once into a frozen struct
service         one process: routes, reactions and resources, started and stopped in order
database        the pool, and the transaction that a request or a reaction lives in
migrations      SQL files applied once, however many start at the same time
outbox, inbox   events leave with the transaction that caused them, and count once where they arrive
bus             JetStream: streams, durable consumers, retries, dead letters
deadletters     the command that lists what failed for good, and replays it
problems        every refusal as RFC 9457 problem details
identity        access tokens checked against auth's published keys
guards          what a route asks of its caller: signed in, a role, a scope
health          is it alive, is it ready
commands        what operators run in a shell beside the service, and how it ends
rounds          work that is done beside the requests, one piece after the other
observability   logs with trace ids, metrics, spans when somebody collects them

To enter here, two services must need it, and it must contain no word of the domain.
"""
