"""The names that columns have in real files, in Portuguese, English and Spanish, by field.

A name is a set of words: order, small words, accents and case do not count, abbreviations are written out.
`~` marks a name that fits several fields: it needs the content of the column to agree. `*` marks a word that
says enough beside any other words.
"""

from __future__ import annotations

from typing import Final

SMALL_WORDS: Final = """
de do da dos das o a os as e ou no na para por em que com ao aos pelo pela
the of and or for to in del la el los las y
"""
ABBREVIATIONS: Final = """
dt=data dta=data vlr=valor vl=valor val=valor cod=codigo cd=codigo cdg=codigo nr=numero nro=numero num=numero
n=numero tel=telefone fone=telefone cel=celular cli=cliente clte=cliente mens=mensal obs=observacao mot=motivo
desc=descricao ds=descricao dsc=descricao nm=nome tp=tipo st=situacao sit=situacao stts=status sg=sigla
ctr=contrato ctto=contrato contr=contrato assin=assinatura compl=complemento mun=municipio cid=cidade
prod=produto serv=servico pl=plano resp=responsavel ident=identificacao inic=inicio ini=inicio ativ=ativacao
solic=solicitacao venc=vencimento fid=fidelidade equip=equipamento cust=customer acct=account amt=amount
addr=address ref=referencia tx=texto observacoes=observacao comentarios=comentario comments=comment notes=note
charges=charge months=month dates=date mensalidades=mensalidade reasons=reason motivos=motivo clientes=cliente
contratos=contrato emails=email mail=email correio=email telefones=telefone canc=cancelamento
cancel=cancelamento cancto=cancelamento cancelam=cancelamento cancela=cancelamento cancelado=cancelamento
cancelada=cancelamento cancelados=cancelamento cancellation=cancelamento cancelation=cancelamento
cancelled=cancelamento canceled=cancelamento
"""

CUSTOMER_ID: Final = """
codigo erp | codigo sistema | codigo interno | id interno |
codigo cliente | cliente id | matricula | codigo assinante | assinante id | codigo aluno | aluno id |
usuario id | codigo usuario | user id | numero cliente | customer id | customer number | customer code |
client id | client number | subscriber id | member id | socio id | numero socio | codigo socio |
codigo titular | numero matricula | codigo beneficiario | customer no | customer key | numero assinante |
person id | codigo pessoa | cliente codigo | id associado | codigo associado | cliente~ | codigo~ | id~ |
code~ | customer~ | client~ | usuario~ | assinante~ | account id | account code | conta~ | numero~ | user~ |
registro~ | chave~ | key~ | identificador | identificacao~
"""
KIND: Final = """
tipo pessoa | tipo~ | pf pj | pessoa~ | tipo cliente | natureza juridica | person type | customer type |
persona
"""
START_DATE: Final = """
data inicio | inicio | data ativacao | ativacao | ativado em | ativado | data contratacao | contratado |
contratacao | data adesao | adesao | data assinatura | cliente desde | data venda | data instalacao |
instalacao~ | data matricula | data admissao | inicio contrato | data inicio contrato | start date | start |
signup date | sign up date | started at | activation date | contract start | contract start date |
subscription start | since | fecha inicio | fecha alta | alta | inicio vigencia | member since |
customer since | joined | join date | data entrada | data cadastro | cadastro | cadastrado | data filiacao |
data inclusao | created at | data criacao | creation date | fecha contratacion | entrada~
"""
STREET: Final = """
endereco | logradouro | rua | nome rua | avenida | address | street | direccion | calle |
endereco completo | address 1 | street address | endereco instalacao | endereco cliente | address line 1 |
domicilio | end~
"""
STREET_NUMBER: Final = """
numero~ | numero rua | numero endereco | house number | street number | numero casa
"""
COMPLEMENT: Final = """
complemento | apartamento | address 2 | complemento endereco | address line 2
"""
DISTRICT: Final = """
bairro | district | neighborhood | neighbourhood | barrio | colonia
"""
POSTAL_CODE: Final = """
cep | zip | zip code | postal code | codigo postal | cp | postcode
"""
COUNTRY: Final = """
pais | country
"""
CONTACT_NAME: Final = """
contato | responsavel | nome contato | pessoa contato | contact | contact name | contato autorizado |
representante | responsavel legal | authorised contact | authorized contact | nome responsavel | contacto
"""
CONTACT_PHONE: Final = """
telefone responsavel | contact phone | celular responsavel | telefone representante
"""
CONTACT_EMAIL: Final = """
email responsavel | email contato | contact email | email representante
"""
CONTRACT_NUMBER: Final = """
contrato | numero contrato | codigo contrato | contrato id | contract | contract number | contract id |
contract no | subscription id | subscription | assinatura id | numero assinatura | codigo assinatura |
numero apolice | apolice | policy number | account number | numero conta | linha~ | numero linha |
instalacao numero | numero instalacao | contract code | suscripcion id | contrato numero |
codigo instalacao | unidade consumidora | contrato cliente | numero plano~ | assinatura~ | contract key |
proposta | numero proposta
"""
PRODUCT: Final = """
produto | servico | produto servico | tipo servico | product | service | internet service | product name |
producto | servicio | tecnologia | nome produto | linha produto | modalidade | curso | descricao produto |
nome servico | service type | service name | internet~ | tipo produto | descricao servico
"""
PLAN: Final = """
plano | nome plano | plano contratado | pacote | combo | descricao plano | plan | plan name | package |
tier | subscription type | contract type | tipo contrato | tipo plano | plan type | paquete | velocidade |
plano id | plan id | codigo plano | nombre plan | subscription plan | plano servico | contract~ |
contrato~ | plano atual | assinatura~ | tarifa~ | contract term | subscription~
"""
AMOUNT: Final = """
mensalidade* | faturamento mensal |
mensalidade | valor mensal | valor mensalidade | valor plano | valor contrato | preco | preco mensal |
valor mes | receita mensal | mrr | valor recorrente | valor cobranca mensal | cobranca mensal |
monthly charge | monthly fee | monthly amount | monthly value | monthly price | monthly revenue | monthly |
valor assinatura | plan price | importe | precio | cuota | cuota mensual | importe mensual | valor mensual |
tarifa mensal | mensualidad | mensualidade | lost mrr | mrr perdido | receita perdida | valor perdido |
valor servico | valor~ | amount~ | fee~ | price~ | value~ | mensal~ | ticket~ | fatura~ | valor fatura |
valor produto | mensal valor | valor parcela | preco plano | preco unitario | subscription price |
monthly cost | recurring amount | valor mensal plano | ticket medio | mrr minor~ | valor pago mes |
valor bruto | valor liquido | receita~ | monto | monto mensual
"""
INTERVAL: Final = """
periodicidade | ciclo | recorrencia | intervalo | frequencia | billing cycle | billing interval | interval |
billing period | frequency | ciclo cobranca | periodicidade cobranca | tipo cobranca | frecuencia | tipo~
"""
RENEWAL_DATE: Final = """
data renovacao | renovacao | proxima renovacao | vencimento contrato | renewal date | renews at | renewal |
next renewal | fecha renovacion | next billing date | proxima cobranca | data vencimento contrato |
renews on
"""
END_DATE: Final = """
data fim | fim | termino | data termino | fim contrato | data encerramento | encerramento | end date |
ended at | contract end | end | data cancelamento | cancelamento~ | fecha fin | fim vigencia |
cancelamento date
"""
STATUS: Final = """
status | situacao | status contrato | situacao contrato | estado contrato | contract status | estado~ |
subscription status | status assinatura | situacao cliente | status cliente | contract state
"""
BILLING_REFERENCE: Final = """
referencia cobranca | id cobranca | gateway id | codigo cobranca | billing referencia | stripe id |
billing id | external billing id | external id | externo id | billing reference | codigo externo | erp id |
referencia externa
"""
COMMITMENT_UNTIL: Final = """
fidelidade | fim fidelidade | fidelidade ate | termino fidelidade | data fidelidade |
vencimento fidelidade | commitment until | commitment end | lock until | permanencia ate | fim permanencia |
multa ate | data fim fidelidade | commitment end date | permanencia
"""
SIGNUP_CHANNEL: Final = """
canal venda | canal contratacao | canal adesao | origem venda | sales channel | signup channel |
acquisition channel | canal aquisicao | canal~ | sign up channel | channel~ | origem~
"""
EQUIPMENT_KIND: Final = """
equipamento | tipo equipamento | modelo equipamento | aparelho | equipment | device | modem | roteador |
equipo | equipment type | comodato
"""
EQUIPMENT_SERIAL: Final = """
serial | numero serie | serie | patrimonio | mac | serial equipamento | numero serial | serial number |
equipment serial | onu | imei | mac address | serial onu
"""
EQUIPMENT_VALUE: Final = """
valor equipamento | valor comodato | equipment value | valor aparelho | equipamento valor
"""
CANCELLATION_ID: Final = """
cancelamento id | codigo cancelamento | numero cancelamento | solicitacao id | numero solicitacao |
pedido id | numero pedido | desligamento id | request id | ticket id | churn id | baja id | cancelacion id |
rescisao id | numero ordem | ordem servico | request number | codigo solicitacao | codigo pedido |
registro id | chamado id | numero chamado | evento id | event id | cancelamento numero | ticket number |
numero ticket | id~
"""
DATE: Final = """
data cancelamento | cancelamento~ | data~ | data baixa | data desligamento | data rescisao | data saida |
data churn | dia cancelamento | encerrado em | data evento | data desistencia | data exclusao |
cancelamento date | cancelamento at | cancelamento on | churn date | date~ | termination date |
fecha cancelacion | fecha baja | fecha~ | mes cancelamento | mes~ | competencia~ | cancelamento month |
churn month | cancelamento em | data hora cancelamento | baixa~ | desligado em | rescisao~ | saida~ |
data distrato | data hora~ | mes ano~ | exit date | leave date | date left | data desligamento cliente |
cancelamento data hora | timestamp~ | data fim | fim | termino | data termino | fim contrato |
data encerramento | encerramento | end date | ended at | contract end | end
"""
DECLARED_DATE: Final = """
data solicitacao | solicitado | data pedido | data requisicao | data abertura | aberto | data registro |
data atendimento | pedido em | data contato | requested at | request date | requested on | opened at |
fecha solicitud | data solicitacao cancelamento | solicitacao~ | data pedido cancelamento | data chamado |
requested | data hora solicitacao
"""
EFFECTIVE_DATE: Final = """
data efetivacao | efetivado | data efetiva | vigencia cancelamento | ultimo dia | data desativacao |
desativado | data corte | effective date | effective at | last day | deactivation date | fecha efectiva |
data efetiva cancelamento | valido ate | efetivacao | service end | service end date |
data retirada servico | data efetivacao cancelamento
"""
REASON: Final = """
motivo* | reason* | motivo observacao |
motivo | motivo cancelamento | razao cancelamento | causa | motivo principal | motivo saida | motivo baixa |
motivo desistencia | motivo churn | justificativa | descricao motivo | motivo desligamento |
motivo rescisao | reason | cancelamento reason | churn reason | reason leaving | primary reason |
main reason | termination reason | razon | razon cancelacion | motivo baja | motivo cancelacion |
causa baja | motivo informado | motivo declarado | motivo alegado | reason churn | reason description |
causa cancelamento | motivo encerramento | motivo distrato | motivo cliente | motivo solicitacao | razao~ |
tipo motivo | motivo nome | why | justificativa cancelamento | leaving reason | reason code~ |
motivo original~ | razao saida | motivo reportado | razao desligamento
"""
SECONDARY_REASON: Final = """
submotivo | sub motivo | motivo secundario | motivo 2 | segundo motivo | detalhe motivo | motivo detalhado |
secondary reason | subreason | sub reason | reason 2 | reason detail | detalhamento motivo |
secondary cause | submotivo cancelamento | motivo secundario cancelamento | second reason
"""
CHANNEL: Final = """
canal | canal cancelamento | canal atendimento | meio | via | origem | canal solicitacao | channel |
cancelamento channel | source | medio | forma contato | canal entrada | canal contato | canal origem |
forma cancelamento | meio contato | forma atendimento
"""
NOTES: Final = """
observacao | comentario | anotacao | anotacoes | detalhe | detalhes | descricao | relato | historico |
note | comment | remark | remarks | feedback | description | observaciones | comentario cliente | nota~ |
texto | parecer | observacao gerais | depoimento | texto livre | free text | customer comment |
comentario livre | ultima observacao | observacion | mensagem | details
"""
COMPETITOR: Final = """
concorrente | operadora destino | empresa destino | competitor | switched to | competidor | nova operadora |
provedor destino | concorrencia | novo provedor | qual operadora | competitor name | operadora concorrente |
destino~
"""
PROTOCOL: Final = """
protocolo | numero protocolo | protocolo atendimento | protocolo cancelamento | protocol | protocol number |
case number | folio | numero folio | radicado | case id | protocolo antigo | protocolo anatel
"""
END_KIND: Final = """
tipo cancelamento | tipo baixa | tipo saida | tipo encerramento | voluntario | cancelamento type |
churn type | tipo churn | tipo baja | voluntary | natureza cancelamento | classificacao~ |
tipo desligamento | tipo~ | categoria cancelamento
"""
NAME: Final = """
cliente empresa | nome empresa cliente |
nome | nome cliente | nome completo | razao social | nome razao social | titular | nome titular |
assinante | nome assinante | nome fantasia | aluno | nome aluno | beneficiario | nome beneficiario | name |
full name | customer name | client name | company name | subscriber name | nombre | nombre completo |
nombre cliente | razon social | nombre razon social | cliente~ | customer~ | client~ | cliente nome |
titular contrato | nome usuario | nome associado | associado | member name | surname | last name |
sobrenome | apellidos | first name | nome contratante | contratante | pessoa | empresa | nome empresa |
consumidor | account name | denominacao social | socio | cliente razao social | usuario~ | user name
"""
DOCUMENT: Final = """
cpf | cnpj | cpf cnpj | cnpj cpf | documento | numero documento | doc | cgc | cpf cliente | cpf titular |
cnpj cliente | documento cliente | document | tax id | taxpayer id | document number | numero cpf |
numero cnpj | documento identidad | nif | identificacion fiscal | cpf cnpj cliente | documento titular |
inscricao federal | cpf cgc | cnpj cgc | registro nacional
"""
EMAIL: Final = """
email | email cliente | email address | correo | correo electronico | email titular | endereco email |
email eletronico
"""
PHONE: Final = """
telefone | celular | telefone celular | whatsapp | telefone contato | phone | phone number | mobile |
mobile phone | cell | cell phone | telefono | movil | numero telefone | telefone 1 | telefone cliente |
telefone principal | contato~ | numero celular | celular 1 | telefone whatsapp | telephone | telefone fixo |
whats | zap | telefone residencial | numero telefono
"""
CITY: Final = """
cidade | municipio | localidade | city | town | ciudad | cidade cliente | municipio cliente |
nome municipio | cidade instalacao
"""
STATE: Final = """
uf | estado | estado sigla | sigla uf | state | province | provincia | uf cliente | uf sigla | estado uf |
estado cliente | uf municipio
"""
# Never kept, not even as custom fields: birth dates, other papers, secrets, traits of a person.
IGNORED: Final = """
data nascimento | nascimento | birth date | date birth | dob | birthdate | aniversario | fecha nacimiento |
birthday | rg | numero rg | senha | password | numero cartao | cartao | card number | cvv | sexo | genero |
gender | raca | cor | religiao | estado civil | nome mae | nome pai |
por que nao entrou | linha no arquivo | why it is not in | line in the file | por que no entro |
linea en el archivo
"""
# A column with one of these words is about a person: without a field of its own it is not kept.
PERSONAL_WORDS: Final = """
nome name endereco logradouro rua address street bairro cep zip complemento contato contact responsavel
telefone phone celular email cpf cnpj documento document latitude longitude lat long whatsapp mae pai
"""
